package dev.millrace.showcase;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

/** The showcase on PostgreSQL. */
class PostgresIT extends ShowcaseContract {
    private @Nullable EmbeddedPostgres postgres;

    @Override
    Map<String, String> environment() throws IOException {
        EmbeddedPostgres started = EmbeddedPostgres.start();
        postgres = started;
        return Map.of("DATABASE_URL", "postgres://postgres:postgres@localhost:" + started.getPort() + "/postgres");
    }

    @Override
    @AfterAll
    void stop() throws Exception {
        super.stop();
        if (postgres != null) {
            postgres.close();
        }
    }
}
