package dev.millrace.sqlite;

import static dev.millrace.sqlite.Data.A;
import static dev.millrace.sqlite.Data.append;
import static dev.millrace.sqlite.Data.read;
import static dev.millrace.sqlite.Data.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Event;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import dev.millrace.log.TestClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A write-ahead log of SQLite that was cut off or written over anywhere loses its tail at most, and that is told. */
class TornWalTest {
    private static final int FRAME = 4096 + 24;
    private static final int EVENTS = 12;

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final List<Position> acknowledged = new ArrayList<>();
    private long[] walAfter = new long[0];

    @Test
    void startsWhateverWasCutOff() throws IOException {
        Path crashed = crash();
        long size = Files.size(crashed.resolve("millrace.db-wal"));
        TreeSet<Long> cuts = new TreeSet<>(List.of(0L, 1L, 31L, 32L));
        for (long frame = 32; frame <= size; frame += FRAME) {
            cuts.addAll(List.of(frame - 1, frame, frame + 1, frame + 24));
        }
        Random random = new Random(1);
        random.longs(60, walAfter[EVENTS - 4], size).forEach(cuts::add);
        cuts.removeIf(cut -> cut >= size);

        for (long cut : cuts) {
            Path torn = directory.resolve("torn" + cut);
            Data.copy(crashed, torn);
            try (RandomAccessFile wal =
                    new RandomAccessFile(torn.resolve("millrace.db-wal").toFile(), "rw")) {
                wal.setLength(cut);
            }
            requireTold(torn, "cut at " + cut, survivors(cut));
        }
    }

    @Test
    void startsWhateverWasWrittenOver() throws IOException {
        Path crashed = crash();
        long size = Files.size(crashed.resolve("millrace.db-wal"));
        Random random = new Random(2);
        for (int i = 0; i < 40; i++) {
            long place = random.nextLong(32, size);
            Path torn = directory.resolve("over" + i);
            Data.copy(crashed, torn);
            try (RandomAccessFile wal =
                    new RandomAccessFile(torn.resolve("millrace.db-wal").toFile(), "rw")) {
                wal.seek(place);
                byte[] noise = new byte[64];
                random.nextBytes(noise);
                wal.write(noise);
            }
            requireTold(torn, "written over at " + place, survivors(place));
        }
    }

    /** A directory as a process leaves it that is killed after so many acknowledged events. */
    private Path crash() throws IOException {
        Path running = directory.resolve("running");
        Path crashed = directory.resolve("crashed");
        walAfter = new long[EVENTS];
        try (SqliteLog log = SqliteLog.open(running, settings(100), clock)) {
            for (int i = 0; i < EVENTS; i++) {
                acknowledged.add(append(log, A, "event " + i));
                var unused = log.channels("", "", 1).toCompletableFuture().join(); // settles
                walAfter[i] = Files.size(running.resolve("millrace.db-wal"));
            }
            Data.copy(running, crashed);
            Files.delete(Journal.in(crashed)); // or the newest event would come back from there
        }
        return crashed;
    }

    /** How many events are whole up to this byte. */
    private int survivors(long bytes) {
        int count = 0;
        while (count < EVENTS && walAfter[count] <= bytes) {
            count++;
        }
        return count;
    }

    private void requireTold(Path torn, String how, int survivors) {
        Position newest = acknowledged.get(EVENTS - 1);
        try (SqliteLog log = SqliteLog.open(torn, settings(100), clock)) {
            List<Event> left = read(log, "a", new Start.Earliest()).events();
            assertThat(left).as(how).hasSize(survivors);
            for (int i = 0; i < survivors; i++) {
                assertThat(left.get(i).data()).isEqualTo("event " + i);
                assertThat(left.get(i).offset()).isEqualTo(acknowledged.get(i).offset());
            }
            assertThat(log.last().epoch()).as(how).isGreaterThan(newest.epoch());
            assertThat(append(log, A, "next").offset()).as(how).isGreaterThan(newest.offset());
            assertThat(read(log, "a", new Start.After(newest)).gaps()).as(how).hasSize(1);
        }
    }
}
