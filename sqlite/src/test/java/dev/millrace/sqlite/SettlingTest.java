package dev.millrace.sqlite;

import static dev.millrace.sqlite.Data.A;
import static dev.millrace.sqlite.Data.append;
import static dev.millrace.sqlite.Data.read;
import static dev.millrace.sqlite.Data.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Start;
import dev.millrace.log.TestClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is in the database and whatever still in the journal: together they are what was acknowledged. */
class SettlingTest {
    private static final int KEPT = 5;

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final Random random = new Random(3);

    // what was acknowledged
    private final Map<ChannelName, List<Event>> events = new HashMap<>();
    private final Map<Publication, Position> keyed = new LinkedHashMap<>() { // the newest of them
                @Override
                protected boolean removeEldestEntry(Map.Entry<Publication, Position> eldest) {
                    return size() > 30;
                }
            };
    private Position last = new Position(0, 0);

    /** Publishes at random, with looks from outside and maintenance between, and starts again and again from what a crash would leave. */
    @Test
    void losesNothingInACrashAtAnyMoment() throws IOException {
        Path from = directory.resolve("0");
        for (int crash = 1; crash <= 40; crash++) {
            Path left = directory.resolve("" + crash);
            try (SqliteLog log = SqliteLog.open(from, settings(KEPT), clock)) {
                requireAll(log, "after crash " + (crash - 1));
                for (int step = random.nextInt(30); step >= 0; step--) {
                    step(log);
                }
                Data.copy(from, left);
            }
            from = left;
        }
    }

    private void step(SqliteLog log) {
        switch (random.nextInt(12)) {
            case 0 -> log.trim();
            case 1 -> settle(log);
            case 2 -> publish(log, 2100 + random.nextInt(50)); // more than the journal takes
            case 3 -> keyed.forEach((publication, place) -> requireRepeat(log, publication, place));
            default -> publish(log, 1 + random.nextInt(20));
        }
    }

    private void publish(SqliteLog log, int count) {
        List<Publication> batch = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Publication publication = Publication.to(ChannelName.of("c" + random.nextInt(4)), "" + random.nextLong());
            batch.add(random.nextInt(8) > 0 ? publication : publication.withKey("key" + random.nextLong()));
        }
        List<Receipt> receipts = log.append(batch).toCompletableFuture().join();
        for (int i = 0; i < count; i++) {
            Publication publication = batch.get(i);
            last = receipts.get(i).position();
            events.computeIfAbsent(publication.channel(), channel -> new ArrayList<>())
                    .add(new Event(last, publication.channel(), "", publication.data(), clock.millis(), true));
            if (!publication.key().isEmpty()) {
                keyed.put(publication, last);
            }
        }
    }

    private void requireAll(SqliteLog log, String when) {
        if (last.offset() > 0) {
            assertThat(log.last()).as(when).isEqualTo(last);
        }
        events.forEach((channel, all) -> assertThat(
                        read(log, channel.value(), new Start.Earliest()).events())
                .as("%s, channel %s", when, channel)
                .isEqualTo(all.subList(Math.max(0, all.size() - KEPT), all.size())));
        keyed.forEach((publication, place) -> requireRepeat(log, publication, place));
    }

    private static void requireRepeat(SqliteLog log, Publication publication, Position place) {
        assertThat(append(log, publication)).containsExactly(new Receipt(place, true));
    }

    private static void settle(SqliteLog log) {
        var unused = log.channels("", "", 1).toCompletableFuture().join();
    }

    @Test
    void isSeenByALookAtOnceWhateverTheJournalHolds() {
        try (SqliteLog log = SqliteLog.open(directory, settings(KEPT), clock)) {
            for (int i = 1; i <= 3 * KEPT; i++) {
                append(log, A, "" + i);
                assertThat(log.channels("a", "", 1).toCompletableFuture().join())
                        .first()
                        .returns((long) Math.min(KEPT, i), summary -> summary.retained())
                        .returns((long) i, summary -> summary.last().offset());
            }
        }
    }

    @Test
    void comesIntoTheDatabaseByItselfAndTheJournalGoesWithTheLog() throws Exception {
        try (SqliteLog log = SqliteLog.open(directory, settings(KEPT), clock)) {
            append(log, A, "1");
            Awaitility.await().until(() -> {
                try (Sql sql = new Sql(new Database(directory).connectToRead())) {
                    return Session.lastId(sql) == 1;
                }
            });
            assertThat(Journal.in(directory)).exists();
        }
        assertThat(Journal.in(directory)).doesNotExist();
    }

    /** It waits for nothing that has still to be published. */
    @Test
    void isToldToAReaderOfAnotherLifeThatStandsAtTheEnd() {
        Position foreign = new Position(1, 9);
        try (SqliteLog log = SqliteLog.open(directory, settings(KEPT), clock)) {
            assertThat(read(log, "a", new Start.After(foreign)).gaps())
                    .as("empty")
                    .hasSize(1);
            append(log, A, "1");
            settle(log);
            assertThat(read(log, "a", new Start.After(foreign)).data()).containsExactly("1");
            assertThat(read(log, "b", new Start.After(foreign)).gaps()).hasSize(1);
        }
    }

    @Test
    void keepsToTheLimitOfTheStartAndNotToAnEarlierOne() throws IOException {
        Path first = directory.resolve("first");
        Path crashed = directory.resolve("crashed");
        try (SqliteLog log = SqliteLog.open(first, settings(KEPT), clock)) {
            log.trim();
            settle(log); // after the step of the maintenance that notes the limit
        }
        try (SqliteLog log = SqliteLog.open(first, settings(10 * KEPT), clock)) {
            for (int i = 0; i < 3 * KEPT; i++) {
                append(log, A, "" + i);
            }
            Data.copy(first, crashed);
        }
        try (SqliteLog log = SqliteLog.open(crashed, settings(10 * KEPT), clock)) {
            assertThat(read(log, "a", new Start.Earliest()).events()).hasSize(3 * KEPT);
        }
    }

    @Test
    void isReadByAnOperatorAfterACrash(@TempDir Path crashed) throws IOException {
        try (SqliteLog log = SqliteLog.open(directory, settings(KEPT), clock)) {
            append(log, A, "in the database");
            settle(log);
            append(log, A, "in the journal");
            Data.copy(directory, crashed);
        }
        try (LogFile file = LogFile.open(crashed)) {
            List<String> data = new ArrayList<>();
            file.events(LogFile.allChannels(), file.beforeFirst(), event -> data.add(event.data()));
            assertThat(data).containsExactly("in the database", "in the journal");
            List<String> problems = new ArrayList<>();
            file.verify(problems::add, progress -> {});
            assertThat(problems).isEmpty();
        }
    }

    /** Cut off or written over anywhere: it starts with what is left, and tells of the rest. */
    @Test
    void beginsANewEpochWhereTheJournalIsTorn() throws IOException {
        Path running = directory.resolve("running");
        Path crashed = directory.resolve("crashed");
        int count = 12;
        try (SqliteLog log = SqliteLog.open(running, settings(100), clock)) {
            for (int i = 0; i < count; i++) {
                last = append(log, A, "event " + i);
            }
            Data.copy(running, crashed);
        }
        byte[] whole = Files.readAllBytes(Journal.in(crashed));
        int used = new String(whole, StandardCharsets.ISO_8859_1).lastIndexOf("event 11") + 8;
        for (int i = 0; i < 60; i++) {
            int place = random.nextInt(used);
            Path torn = directory.resolve("torn" + i);
            Data.copy(crashed, torn);
            try (RandomAccessFile file = new RandomAccessFile(Journal.in(torn).toFile(), "rw")) {
                if (i % 2 == 0) {
                    file.setLength(place);
                } else {
                    file.seek(place);
                    file.write(whole[place] ^ 1);
                }
            }
            try (SqliteLog log = SqliteLog.open(torn, settings(100), clock)) {
                List<String> left = read(log, "a", new Start.Earliest()).data();
                assertThat(left).as("torn at %d", place).hasSizeLessThan(count);
                for (int event = 0; event < left.size(); event++) {
                    assertThat(left.get(event)).isEqualTo("event " + event);
                }
                assertThat(log.last().epoch()).isGreaterThan(last.epoch());
                assertThat(append(log, A, "next").offset()).isGreaterThan(last.offset());
                assertThat(read(log, "a", new Start.After(last)).gaps()).hasSize(1);
            }
        }
    }
}
