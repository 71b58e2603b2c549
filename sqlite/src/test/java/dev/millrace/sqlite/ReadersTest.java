package dev.millrace.sqlite;

import static dev.millrace.sqlite.Data.A;
import static dev.millrace.sqlite.Data.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.TestClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reads the database, and in which order. */
class ReadersTest {
    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();

    @Test
    void looksWhilePagesAreRead() {
        Position last = fill(A);
        CompletableFuture<Long> released = new CompletableFuture<>();
        try (Readers readers = new Readers(new Database(directory), new WarmUp(last), () -> true)) {
            readers.start();
            CompletionStage<Long> page = readers.readPage(sql -> released.join());
            try {
                assertThat(await(readers.read(ReadersTest::count))).isEqualTo(3);
            } finally {
                released.complete(7L); // or the readers would not end
            }
            assertThat(await(page)).isEqualTo(7);
            assertThat(await(readers.readPage(ReadersTest::count)))
                    .as("the next, after a rest")
                    .isEqualTo(3);
        }
    }

    @Test
    void readsThoughWarmingUpFails() {
        fill(A);
        Readers.Query<Long> broken = sql -> {
            throw new SQLException("broken");
        };
        try (Readers readers = new Readers(new Database(directory), broken, () -> false)) {
            readers.start();
            assertThat(await(readers.read(ReadersTest::count))).isEqualTo(3);
            assertThat(await(readers.readPage(ReadersTest::count))).isEqualTo(3);
        }
    }

    @Test
    void warmsUpByWhatIsThere() throws SQLException {
        assertThat(isWarmedUp(empty())).isFalse();
        assertThat(isWarmedUp(fill(A))).isTrue();
        assertThat(isWarmedUp(fill(ChannelName.ALL))).isTrue();
    }

    private boolean isWarmedUp(Position last) throws SQLException {
        try (Sql sql = new Sql(new Database(directory).connectToRead())) {
            return new WarmUp(last).run(sql);
        }
    }

    private Position empty() {
        try (SqliteLog log = SqliteLog.open(directory, settings(10), clock)) {
            return log.last();
        }
    }

    private Position fill(ChannelName channel) {
        try (SqliteLog log = SqliteLog.open(directory, settings(10), clock)) {
            log.append(List.of(
                            Publication.to(channel, "1"), Publication.to(channel, "2"), Publication.to(channel, "3")))
                    .toCompletableFuture()
                    .join();
            return log.last();
        }
    }

    private static long count(Sql sql) throws SQLException {
        return sql.number("SELECT count(*) FROM event", 0);
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }
}
