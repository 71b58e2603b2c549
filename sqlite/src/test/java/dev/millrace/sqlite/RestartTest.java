package dev.millrace.sqlite;

import static dev.millrace.sqlite.Data.A;
import static dev.millrace.sqlite.Data.B;
import static dev.millrace.sqlite.Data.append;
import static dev.millrace.sqlite.Data.read;
import static dev.millrace.sqlite.Data.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Bookmarks.Inbox;
import dev.millrace.log.AgeClock;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Start;
import dev.millrace.log.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log goes on after a restart, and begins a new epoch where it has lost something. */
class RestartTest {
    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();

    @Test
    void goesOnWhereItWas() {
        Position first;
        Position last;
        try (SqliteLog log = open(3)) {
            first = append(log, A, "1");
            for (int i = 2; i <= 5; i++) {
                append(log, A, "" + i);
            }
            last = append(log, B, "6");
        }
        try (SqliteLog log = open(3)) {
            assertThat(log.last()).isEqualTo(last);
            assertThat(read(log, "a", new Start.Earliest()).data()).containsExactly("3", "4", "5");
            assertThat(read(log, "*", new Start.Newest(2)).data()).containsExactly("5", "6");
            assertThat(read(log, "a", new Start.After(first)).gaps())
                    .containsExactly(new Gap(Optional.of("a"), Optional.of(first), first.at(2)));
            assertThat(read(log, "b", new Start.After(first)).gaps()).isEmpty();
            assertThat(append(log, A, "7")).isEqualTo(last.at(7));
        }
    }

    @Test
    void goesOnThoughTheClockIsSetBetweenStarts() {
        Position last;
        try (SqliteLog log = open(3)) {
            last = append(log, A, "1");
        }
        for (Duration jump : List.of(Duration.ofHours(-1), Duration.ofMinutes(59), Duration.ofDays(-400))) {
            clock.pass(jump);
            try (SqliteLog log = open(3)) {
                log.trim();
                assertThat(append(log, A, "after " + jump)).isEqualTo(last.at(last.offset() + 1));
                last = log.last();
            }
        }
        try (SqliteLog log = open(3)) {
            assertThat(read(log, "a", new Start.Earliest()).events()).hasSize(3);
        }
    }

    @Test
    void letsNothingGrowOldBecauseTheClockIsSet() {
        AtomicLong monotonic = new AtomicLong();
        try (SqliteLog log = SqliteLog.open(directory, settings(3), clock, new AgeClock(clock, monotonic::get))) {
            Publication keyed = Publication.to(A, "1").withKey("k");
            append(log, keyed);
            clock.pass(Duration.ofDays(1));
            log.trim();
            assertThat(append(log, keyed).get(0).isRepeat()).isTrue();
            assertThat(read(log, "a", new Start.Earliest()).data()).containsExactly("1");
            clock.pass(Duration.ofHours(2));
            monotonic.addAndGet(Duration.ofHours(2).toMillis());
            log.trim();
            assertThat(read(log, "a", new Start.Earliest()).data()).isEmpty();
        }
    }

    @Test
    void remembersWhatItHadDroppedBeforeTheRestart() {
        Position begin;
        try (SqliteLog log = open(3)) {
            begin = append(log, B, "older than all that is dropped").at(0);
            for (int i = 2; i <= 6; i++) {
                append(log, A, "" + i);
            }
        }
        try (SqliteLog log = open(3)) {
            assertThat(read(log, "a", new Start.After(begin.at(2))).gaps())
                    .containsExactly(new Gap(Optional.of("a"), Optional.of(begin.at(2)), begin.at(3)));
            assertThat(read(log, "a", new Start.After(begin.at(3))).gaps()).isEmpty();
            assertThat(read(log, "b", new Start.After(begin)).gaps()).isEmpty();
        }
    }

    @Test
    void remembersKeysAcrossARestart() {
        Publication keyed = Publication.to(A, "1").withKey("k");
        Position place;
        try (SqliteLog log = open(3)) {
            place = append(log, keyed).get(0).position();
        }
        clock.pass(Duration.ofSeconds(119));
        try (SqliteLog log = open(3)) {
            assertThat(append(log, keyed).get(0).isRepeat()).isTrue();
            assertThat(append(log, keyed).get(0).position()).isEqualTo(place);
            clock.pass(Duration.ofSeconds(2));
            assertThat(append(log, keyed).get(0).isRepeat()).isFalse();
        }
    }

    @Test
    void remembersBookmarksAcrossARestart() {
        Inbox inbox = new Inbox("ann", A);
        try (SqliteLog log = open(3)) {
            log.bookmarks().move(inbox, new Position(7, 5));
            log.bookmarks().move(inbox, new Position(7, 4));
            assertThat(bookmark(log, inbox)).contains(new Position(7, 5));
        }
        try (SqliteLog log = open(3)) {
            assertThat(bookmark(log, inbox)).contains(new Position(7, 5));
            assertThat(bookmark(log, new Inbox("bob", A))).isEmpty();
            log.bookmarks().move(inbox, new Position(6, 9));
        }
        try (SqliteLog log = open(3)) {
            assertThat(bookmark(log, inbox)).as("never moved back").contains(new Position(7, 5));
        }
    }

    @Test
    void hasTheBookmarkOfAStreamWithAnIdOnDiskBeforeThatBegins(@TempDir Path copy) throws IOException {
        Inbox inbox = new Inbox("ann", A);
        try (SqliteLog log = open(3)) {
            for (long offset : new long[] {5, 9}) {
                log.bookmarks()
                        .beginUnlessKnown(inbox, new Position(7, offset))
                        .toCompletableFuture()
                        .join();
            }
            Data.copy(directory, copy); // what a crash would leave
        }
        try (SqliteLog log = SqliteLog.open(copy, settings(3), clock)) {
            assertThat(bookmark(log, inbox)).contains(new Position(7, 5));
        }
    }

    @Test
    void givesNoIdTwiceWhereNoEventIsLeft() {
        Position last;
        try (SqliteLog log = open(3)) {
            last = append(log, A, "1");
            clock.pass(Duration.ofHours(2));
            log.trim();
            assertThat(read(log, "a", new Start.Earliest()).events()).isEmpty();
        }
        try (SqliteLog log = open(3)) {
            assertThat(log.last()).isEqualTo(last);
            assertThat(append(log, A, "2")).isEqualTo(last.at(2));
            assertThat(read(log, "a", new Start.After(last.at(0))).gaps())
                    .containsExactly(new Gap(Optional.of("a"), Optional.of(last.at(0)), last));
        }
    }

    @Test
    void keepsToALimitThatBecameSmaller() {
        try (SqliteLog log = open(50)) {
            for (int i = 0; i < 40; i++) {
                append(log, A, "" + i);
            }
        }
        try (SqliteLog log = open(5)) {
            log.trim();
            assertThat(read(log, "a", new Start.Earliest()).events()).hasSize(5);
            assertThat(log.channels("", "", 10)
                            .toCompletableFuture()
                            .join()
                            .get(0)
                            .retained())
                    .isEqualTo(5);
        }
    }

    @Test
    void beginsANewEpochOnAnOlderCopy(@TempDir Path copy) throws IOException {
        Position common;
        Position lost;
        try (SqliteLog log = open(100)) {
            append(log, A, "1");
            common = append(log, A, "2");
        }
        Data.copy(directory, copy);
        try (SqliteLog log = open(100)) {
            lost = append(log, A, "3");
        }
        Files.copy(copy.resolve("millrace.db"), directory.resolve("millrace.db"), StandardCopyOption.REPLACE_EXISTING);
        try (SqliteLog log = open(100)) {
            Position next = append(log, A, "4");
            assertThat(next).isGreaterThan(lost);
            assertThat(next.epoch()).isGreaterThan(lost.epoch());
            for (Position stood : new Position[] {common, lost}) {
                Data.Reading reading = read(log, "a", new Start.After(stood));
                assertThat(reading.data()).containsExactly("4");
                assertThat(reading.gaps())
                        .containsExactly(new Gap(Optional.of("a"), Optional.empty(), next.at(common.offset())));
            }
            assertThat(read(log, "a", new Start.Earliest()).data()).containsExactly("1", "2", "4");
        }
    }

    @Test
    void beginsANewEpochOnADatabaseWithoutItsMark() throws IOException {
        Position last;
        try (SqliteLog log = open(100)) {
            last = append(log, A, "1");
        }
        Files.delete(Mark.in(directory));
        try (SqliteLog log = open(100)) {
            assertThat(log.last().epoch()).isGreaterThan(last.epoch());
        }
    }

    @Test
    void beginsANewEpochWhereTheDatabaseIsGone() throws IOException {
        Position last;
        try (SqliteLog log = open(100)) {
            last = append(log, A, "1");
        }
        Files.delete(directory.resolve("millrace.db"));
        try (SqliteLog log = open(100)) {
            assertThat(append(log, A, "2")).isGreaterThan(last);
            assertThat(log.last().epoch()).isGreaterThan(last.epoch());
            assertThat(read(log, "a", new Start.After(last)).data()).containsExactly("2");
        }
    }

    private static Optional<Position> bookmark(SqliteLog log, Inbox inbox) {
        return log.bookmarks().find(inbox).toCompletableFuture().join();
    }

    private SqliteLog open(int eventsPerChannel) {
        return SqliteLog.open(directory, settings(eventsPerChannel), clock);
    }
}
