package dev.millrace.sqlite;

import static dev.millrace.sqlite.Data.A;
import static dev.millrace.sqlite.Data.append;
import static dev.millrace.sqlite.Data.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import dev.millrace.log.TestClock;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk is given back, and a reader is told of all that went with it. */
class DiskRetentionTest {
    private static final long MIB = 1024 * 1024;

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();

    @Test
    void staysWithinItsSize() {
        try (SqliteLog log = open(1_000_000, 2 * MIB)) {
            Position begin = log.last();
            Publication much = Publication.to(A, "x".repeat(10_000));
            for (int i = 0; i < 2000; i++) {
                log.append(List.of(much));
            }
            append(log, much);
            awaitSmall(log, 8 * MIB);
            Data.Reading reading = read(log, "a", new Start.After(begin));
            assertThat(reading.events()).isNotEmpty();
            assertThat(reading.gaps()).hasSize(1);
            Position resumed = reading.gaps().get(0).resumedAt();
            assertThat(reading.events()).first().extracting(Event::offset).isEqualTo(resumed.offset() + 1);
        }
    }

    @Test
    void givesSpaceBackWhenEventsGrowOld() {
        try (SqliteLog log = open(1_000_000, 1000 * MIB)) {
            Publication much = Publication.to(A, "x".repeat(10_000));
            for (int i = 0; i < 2000; i++) {
                log.append(List.of(much));
            }
            append(log, much);
            assertThat(new Database(directory).size()).isGreaterThan(15 * MIB);
            clock.pass(Duration.ofHours(2));
            awaitSmall(log, 5 * MIB);
            assertThat(log.channels("a", "", 10).toCompletableFuture().join()).isEmpty();
        }
        assertThat(new Database(directory).size()).isLessThan(5 * MIB);
    }

    private void awaitSmall(SqliteLog log, long bytes) {
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            log.trim();
            append(log, ChannelName.of("z"), "one more");
            return pages() * 4096 < bytes;
        });
        log.trim();
    }

    /** How large the file is when what is in the journal has been written to it. */
    private long pages() throws SQLException {
        try (Sql sql = new Sql(new Database(directory).connectToRead())) {
            return sql.number("PRAGMA page_count", 0);
        }
    }

    @Test
    void forgetsChannelsThatHaveLongBeenEmptyAndTellsTheirReaders() {
        int channels = 100_300; // more than it remembers
        try (SqliteLog log = open(10, 1000 * MIB)) {
            Position begin = log.last();
            List<CompletableFuture<?>> answers = new ArrayList<>();
            for (int i = 0; i < channels; i++) {
                answers.add(log.append(List.of(Publication.to(ChannelName.of("c" + i), "data")))
                        .toCompletableFuture());
            }
            answers.forEach(CompletableFuture::join);
            clock.pass(Duration.ofHours(2));
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
                log.trim();
                return read(log, "never", new Start.After(begin)).gaps().size() == 1;
            });
            assertThat(read(log, "c" + (channels - 1), new Start.After(begin)).gaps())
                    .containsExactly(
                            new Gap(Optional.of("c" + (channels - 1)), Optional.of(begin), begin.at(channels)));
            assertThat(read(log, "never", new Start.After(begin.at(channels))).gaps())
                    .isEmpty();
        }
    }

    @Test
    void losesNothingInSilenceWhileItDropsAndIsRead() throws InterruptedException {
        try (SqliteLog log = open(50, 1000 * MIB)) {
            AtomicBoolean isOver = new AtomicBoolean();
            Position begin = log.last();
            Thread publisher = new Thread(() -> {
                for (int i = 0; !isOver.get(); i++) {
                    append(log, ChannelName.of("c" + i % 7), "" + i);
                }
            });
            publisher.start();
            try {
                for (int round = 0; round < 200; round++) {
                    for (ChannelSet set : List.of(ChannelSet.of("c1"), ChannelSet.of("c2", "c5"), ChannelSet.of("*"))) {
                        requireWhole(set, read(log, set.withoutBroadcasts(), new Start.After(begin)));
                    }
                }
            } finally {
                isOver.set(true);
                publisher.join();
            }
        }
    }

    /** The i-th event of the log has the data i - 1 and is of channel c((i - 1) % 7). */
    private static void requireWhole(ChannelSet set, Data.Reading reading) {
        assertThat(reading.events()).extracting(Event::position).isSorted().doesNotHaveDuplicates();
        long end = reading.events().isEmpty()
                ? 0
                : reading.events().get(reading.events().size() - 1).offset();
        for (int c = 0; c < 7; c++) {
            ChannelName channel = ChannelName.of("c" + c);
            if (set.contains(channel)) {
                long lost = reading.gaps().stream()
                        .filter(gap ->
                                gap.channel().filter(channel.value()::equals).isPresent())
                        .mapToLong(gap -> gap.resumedAt().offset())
                        .max()
                        .orElse(0);
                List<Long> read = reading.events().stream()
                        .filter(event -> event.channel().equals(channel))
                        .map(Event::offset)
                        .toList();
                for (long i = lost + 1; i <= end; i++) {
                    assertThat((i - 1) % 7 != c || read.contains(i))
                            .as("event %d of %s, lost through %d", i, channel, lost)
                            .isTrue();
                }
            }
        }
    }

    private SqliteLog open(int eventsPerChannel, long diskBytes) {
        Retention retention =
                new Retention(eventsPerChannel, Duration.ofHours(1), 20_000, Duration.ofMinutes(2)); // little memory
        return SqliteLog.open(directory, new SqliteSettings(retention, diskBytes), clock);
    }
}
