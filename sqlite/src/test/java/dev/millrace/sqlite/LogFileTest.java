package dev.millrace.sqlite;

import static dev.millrace.sqlite.Data.A;
import static dev.millrace.sqlite.Data.B;
import static dev.millrace.sqlite.Data.append;
import static dev.millrace.sqlite.Data.read;
import static dev.millrace.sqlite.Data.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.ChannelSummary;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Start;
import dev.millrace.log.TestClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator finds in a data directory, beside a running log and without one. */
class LogFileTest {
    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();

    @Test
    void looksBesideARunningLog() {
        try (SqliteLog log = open(directory)) {
            Position first = append(log, A, "1");
            append(log, B, "2");
            append(log, ChannelName.ALL, "3");
            try (LogFile file = LogFile.open(directory)) {
                List<ChannelSummary> channels = new ArrayList<>();
                file.channels(channels::add);
                assertThat(channels)
                        .containsExactly(
                                new ChannelSummary(A, 1, first, first),
                                new ChannelSummary(B, 1, first.at(2), first.at(2)));
                assertThat(data(file, LogFile.allChannels(), file.beforeFirst()))
                        .containsExactly("1", "2", "3");
                assertThat(data(file, ChannelSet.of("b").withoutBroadcasts(), first))
                        .containsExactly("2");
                assertThat(problems(file)).isEmpty();
            }
        }
    }

    @Test
    void movesEventsIntoAnotherDirectory(@TempDir Path other) {
        try (SqliteLog log = open(directory)) {
            append(log, Publication.to(A, "1").named("n"), Publication.to(ChannelName.ALL, "2"));
        }
        long time = clock.millis();
        clock.pass(java.time.Duration.ofMinutes(1));
        try (LogFile from = LogFile.open(directory);
                LogImport to = LogImport.open(other, clock)) {
            from.events(
                    LogFile.allChannels(),
                    from.beforeFirst(),
                    event -> to.add(
                            Publication.to(event.channel(), event.data()).named(event.name()), event.timeMillis()));
        }
        try (SqliteLog log = open(other)) {
            List<Event> events =
                    read(log, ChannelSet.of("a"), new Start.Earliest()).events();
            assertThat(events).extracting(Event::data).containsExactly("1", "2");
            assertThat(events).extracting(Event::name).containsExactly("n", "");
            assertThat(events).extracting(Event::timeMillis).containsOnly(time);
            assertThat(append(log, B, "3").offset()).isEqualTo(3);
        }
    }

    @Test
    void holdsImportedChannelsAgainstTheLimit() {
        try (LogImport to = LogImport.open(directory, clock)) {
            for (int i = 0; i < 5000; i++) {
                to.add(Publication.to(A, "" + i), clock.millis());
            }
        }
        try (SqliteLog log = open(directory)) {
            log.trim();
            assertThat(read(log, "a", new Start.Earliest()).events()).hasSize(100);
        }
    }

    @Test
    void takesNoDirectoryFromARunningLog() {
        try (SqliteLog log = open(directory)) {
            assertThatThrownBy(() -> LogImport.open(directory, clock))
                    .isInstanceOf(DataDirectoryException.class)
                    .hasMessageContaining("in use by another hub");
            assertThat(append(log, A, "1").offset()).isEqualTo(1);
        }
    }

    @Test
    void findsWhatIsWrong() throws IOException {
        try (SqliteLog log = open(directory)) {
            for (int i = 0; i < 50; i++) {
                append(log, A, "text number " + i);
            }
        }
        Path database = directory.resolve("millrace.db");
        int place = new String(Files.readAllBytes(database), StandardCharsets.ISO_8859_1).indexOf("number 17");
        try (RandomAccessFile file = new RandomAccessFile(database.toFile(), "rw")) {
            file.seek(place);
            file.write('N');
        }
        Files.writeString(Mark.in(directory), "nonsense");
        try (LogFile file = LogFile.open(directory)) {
            assertThat(problems(file))
                    .containsExactly(
                            "event " + file.last().at(18) + " of channel a is damaged: its checksum differs",
                            "what was acknowledged is not known: the next start begins a new epoch");
        }
    }

    @Test
    void tellsThatThereIsNoLog() {
        assertThatThrownBy(() -> LogFile.open(directory))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining("has no log");
    }

    private static List<String> problems(LogFile file) {
        List<String> problems = new ArrayList<>();
        List<Double> progress = new ArrayList<>();
        file.verify(problems::add, progress::add);
        assertThat(progress).isSorted().last().isEqualTo(1.0);
        return problems;
    }

    private static List<String> data(LogFile file, ChannelSet set, Position after) {
        List<String> data = new ArrayList<>();
        file.events(set, after, event -> data.add(event.data()));
        return data;
    }

    private SqliteLog open(Path path) {
        return SqliteLog.open(path, settings(100), clock);
    }
}
