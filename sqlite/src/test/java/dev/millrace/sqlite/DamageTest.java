package dev.millrace.sqlite;

import static dev.millrace.sqlite.Data.read;
import static dev.millrace.sqlite.Data.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Start;
import dev.millrace.log.TestClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bits that flip in the file are never read as events, and never pass over events in silence. */
class DamageTest {
    private static final int PAGE = 4096;
    private static final int EVENTS = 8000; // more than a log loads when it starts
    private static final List<String> CHANNELS = List.of("a", "b", "c", "quiet");

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final Map<Position, String> published = new HashMap<>();
    private final Map<String, List<Position>> places = new HashMap<>();
    private byte[] whole = new byte[0];
    private byte[] mark = new byte[0];
    private Position begin = new Position(0, 0);

    @BeforeEach
    void fill() throws IOException {
        try (SqliteLog log = open()) {
            begin = log.last();
            List<Publication> batch = new ArrayList<>();
            for (int i = 0; i < EVENTS; i++) {
                String channel = i % 1000 == 0 ? "quiet" : CHANNELS.get(i % 3);
                batch.add(Publication.to(ChannelName.of(channel), "data " + i + "x".repeat(i % 100)));
            }
            List<Position> all = log.append(batch).toCompletableFuture().join().stream()
                    .map(receipt -> receipt.position())
                    .toList();
            for (int i = 0; i < EVENTS; i++) {
                published.put(all.get(i), batch.get(i).data());
                places.computeIfAbsent(batch.get(i).channel().value(), c -> new ArrayList<>())
                        .add(all.get(i));
            }
        }
        whole = Files.readAllBytes(directory.resolve("millrace.db"));
        mark = Files.readAllBytes(Mark.in(directory));
    }

    @Test
    void tellsOfAnEventWhoseTextChanged() throws IOException {
        int place = new String(whole, StandardCharsets.ISO_8859_1).indexOf("data 1234x");
        flip(place + 5, 1);
        Position damaged = begin.at(1235);
        String channel = CHANNELS.get(1234 % 3);
        try (SqliteLog log = open()) {
            Data.Reading reading = read(log, channel, new Start.After(begin));
            assertThat(reading.gaps()).extracting(Gap::resumedAt).containsExactly(damaged);
            assertThat(reading.events())
                    .hasSize(places.getOrDefault(channel, List.of()).size() - 1);
            for (String other : CHANNELS) {
                if (!other.equals(channel)) {
                    assertThat(read(log, other, new Start.After(begin)).gaps()).isEmpty();
                }
            }
        }
    }

    @Test
    void tellsOfAPageOfEventsThatIsGone() throws IOException, SQLException {
        overwrite(leafOf("event"));
        try (SqliteLog log = open()) {
            requireAllOrTold(log, "a page of events is gone");
            assertThat(read(log, "a", new Start.After(begin)).gaps()).isNotEmpty();
            assertThat(read(log, "quiet", new Start.After(begin)).gaps())
                    .as("a channel without events on that page")
                    .isEmpty();
        }
    }

    @Test
    void readsAroundAPageOfTheIndexThatIsGone() throws IOException, SQLException {
        overwrite(leafOf("event_of_channel"));
        try (SqliteLog log = open()) {
            requireAllOrTold(log, "a page of the index is gone");
        }
    }

    @Test
    void neverPassesOverEventsInSilenceWhateverBitFlips() throws IOException {
        Random random = new Random(4);
        for (int i = 0; i < Integer.getInteger("millrace.flips", 60); i++) {
            int place = random.nextInt(2 * PAGE, whole.length);
            int bit = 1 << random.nextInt(8);
            flip(place, bit);
            try (SqliteLog log = open()) {
                requireAllOrTold(log, "bit " + bit + " at " + place);
                requirePublishable(log);
            } catch (DataDirectoryException e) {
                assertThat(e).hasMessageContaining("damaged");
            }
        }
    }

    private void requirePublishable(SqliteLog log) {
        for (String channel : List.of("new", "quiet")) {
            try {
                Data.append(log, ChannelName.of(channel), "after");
            } catch (CompletionException e) {
                assertThat(e).hasRootCauseInstanceOf(SQLException.class);
                assertThat(e.getCause()).isInstanceOf(LogUnavailableException.class);
            }
        }
    }

    private void requireAllOrTold(SqliteLog log, String how) {
        for (ChannelSet set : List.of(
                ChannelSet.of("a"),
                ChannelSet.of("b"),
                ChannelSet.of("quiet"),
                ChannelSet.of("a", "c"),
                ChannelSet.of("*"))) {
            Data.Reading reading;
            try {
                reading = read(log, set.withoutBroadcasts(), new Start.After(begin));
            } catch (CompletionException e) {
                assertThat(e.getCause()).as(how).isInstanceOf(LogUnavailableException.class);
                continue; // the stream ends, which is not silence either
            }
            Map<Position, Event> read = new HashMap<>();
            for (Event event : reading.events()) {
                assertThat(event.data()).as(how).isEqualTo(published.get(event.position()));
                assertThat(read.put(event.position(), event)).as(how).isNull();
            }
            for (String channel : CHANNELS) {
                if (set.contains(ChannelName.of(channel))) {
                    requireAllOrTold(how + ", reading " + set, channel, read, reading.gaps());
                }
            }
        }
    }

    private void requireAllOrTold(String how, String channel, Map<Position, Event> read, List<Gap> gaps) {
        Position told = gaps.stream()
                .filter(gap -> ChannelSet.of(gap.channel().orElse("$")).contains(ChannelName.of(channel)))
                .map(Gap::resumedAt)
                .max(Position::compareTo)
                .orElse(begin);
        for (Position place : places.getOrDefault(channel, List.of())) {
            assertThat(read.containsKey(place) || !told.isBefore(place))
                    .as("%s: event %s of %s", how, place, channel)
                    .isTrue();
        }
    }

    private void flip(int place, int bit) throws IOException {
        Files.write(directory.resolve("millrace.db"), whole);
        Files.write(Mark.in(directory), mark);
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("millrace.db").toFile(), "rw")) {
            file.seek(place);
            file.write(whole[place] ^ bit);
        }
    }

    private void overwrite(int page) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("millrace.db").toFile(), "rw")) {
            file.seek((long) (page - 1) * PAGE);
            byte[] noise = new byte[PAGE];
            new Random(3).nextBytes(noise);
            file.write(noise);
        }
    }

    /** A page in the middle of a table or index that is neither its root nor shared. */
    private int leafOf(String name) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("millrace.db"));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT pageno FROM dbstat WHERE name = '" + name
                        + "' AND pagetype = 'leaf' ORDER BY path LIMIT 1 OFFSET 3")) {
            assertThat(row.next()).isTrue();
            return row.getInt(1);
        }
    }

    private SqliteLog open() {
        return SqliteLog.open(directory, settings(100_000), clock);
    }
}
