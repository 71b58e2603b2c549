package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.redis.RedisServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The outbox on PostgreSQL, and two applications that share it. */
class OutboxOnPostgresIT extends OutboxContract {
    private @Nullable EmbeddedPostgres postgres;

    @Override
    String databaseUrl() throws Exception {
        EmbeddedPostgres running = postgres;
        if (running == null) {
            running = EmbeddedPostgres.start();
            postgres = running;
        }
        return running.getJdbcUrl("postgres", "postgres");
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(databaseUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    @AfterAll
    void stop() throws Exception {
        super.stop();
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    void applicationsThatShareATableTakeTurnsAndKeepTheOrder() throws Exception {
        int events = 400;
        execute("CREATE DATABASE shared");
        String database = databaseUrl().replace("/postgres?", "/shared?");
        try (RedisServer redis = RedisServer.start()) {
            String url = "millrace.redis-url=" + redis.url();
            try (ConfigurableApplicationContext one = run(database, url);
                    ConfigurableApplicationContext two = run(database, url);
                    TestStream stream = TestStream.open(TestApp.port(one), "/millrace/events/shared")) {
                stream.next("connected");
                List<Outbox> outboxes = List.of(one.getBean(Outbox.class), two.getBean(Outbox.class));
                for (int n = 0; n < events; n++) {
                    outboxes.get(n % 2).publish("shared", "n", "" + n);
                }
                for (int n = 0; n < events; n++) {
                    assertThat(next(stream, "n")).isEqualTo("" + n);
                }
            }
        }
    }
}
