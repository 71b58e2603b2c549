package dev.millrace.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was written to a journal is read back, up to the first record that is not whole, and nothing else ever is. */
class JournalTest {
    private static final long EPOCH = 7;

    @TempDir
    private Path directory;

    @Test
    void givesBackWhatWasWritten() throws IOException {
        List<Placement> written = List.of(
                new Placement(event(EPOCH, 1, ""), "k\u00e9y", "fingerprint", 42),
                Placement.withoutKey(event(EPOCH, 2, "\ud83d\ude00\n\u0000x")));
        try (Journal journal = Journal.begin(directory)) {
            assertThat(journal.append(written.subList(0, 1))).isTrue();
            assertThat(journal.append(written.subList(1, 2))).isTrue();
            assertThat(read(0)).isEqualTo(written);
        }
        assertThat(read(1)).as("after an event that the database holds").isEqualTo(written.subList(1, 2));
        assertThat(read(2)).isEmpty();
    }

    @Test
    void isEmptyWhereThereIsNone() throws IOException {
        assertThat(read(0)).isEmpty();
        Journal.begin(directory).close();
        assertThat(read(0)).isEmpty();
    }

    @Test
    void isNotReadWhereItDoesNotFollow() throws IOException {
        try (Journal journal = Journal.begin(directory)) {
            journal.append(group(5, 3));
        }
        assertThat(read(4)).hasSize(3);
        assertThat(read(3)).as("event 4 is neither here nor there").isEmpty();
        assertThat(Journal.read(directory, new Position(EPOCH + 1, 4)))
                .as("of another life of the log")
                .isEmpty();
    }

    @Test
    void holdsSoMuchAndNoMore() throws IOException {
        try (Journal journal = Journal.begin(directory)) {
            assertThat(journal.append(group(1, 2000))).isTrue();
            assertThat(journal.append(group(2001, 49))).isFalse();
            assertThat(journal.append(group(2001, 48))).isTrue();
            assertThat(read(0)).hasSize(2048);
            journal.rewind();
            String large = "x".repeat(3 * 1024 * 1024);
            assertThat(journal.append(List.of(Placement.withoutKey(event(EPOCH, 2049, large)))))
                    .isTrue();
            assertThat(journal.append(List.of(Placement.withoutKey(event(EPOCH, 2050, large)))))
                    .isFalse();
            assertThat(read(2048)).hasSize(1);
        }
        assertThat(Files.size(Journal.in(directory))).isLessThan(5 * 1024 * 1024);
    }

    /** Round after round over what earlier rounds have left, with records of every length. */
    @Test
    void neverGivesBackWhatAnEarlierRoundHasLeft() throws IOException {
        Random random = new Random(1);
        try (Journal journal = Journal.begin(directory)) {
            long next = 1;
            for (int round = 0; round < 300; round++) {
                long settled = next - 1;
                List<Placement> expected = new ArrayList<>();
                for (int records = random.nextInt(5); records >= 0; records--) {
                    List<Placement> group = group(next, 1 + random.nextInt(4));
                    assertThat(journal.append(group)).isTrue();
                    expected.addAll(group);
                    next += group.size();
                    assertThat(read(settled)).as("round %d", round).isEqualTo(expected);
                }
                journal.rewind();
                assertThat(read(next - 1)).as("all of it is in the database").isEmpty();
            }
        }
    }

    @Test
    void givesBackWholeRecordsOnlyWhereverItWasCutOffOrWrittenOver() throws IOException {
        List<Placement> written = new ArrayList<>();
        List<Integer> ends = new ArrayList<>(List.of(0)); // of the records, in bytes
        List<Integer> counts = new ArrayList<>(List.of(0)); // how many events there are up to there
        try (Journal journal = Journal.begin(directory)) {
            for (int record = 0; record < 6; record++) {
                List<Placement> group = group(1 + written.size(), 1 + record % 3);
                journal.append(group);
                written.addAll(group);
                ends.add(lengthOfContent());
                counts.add(written.size());
            }
        }
        byte[] whole = Files.readAllBytes(Journal.in(directory));
        Random random = new Random(2);
        for (int place = 0; place < ends.get(6); place++) {
            int at = place;
            int records = (int) ends.stream().filter(end -> end <= at).count() - 1;
            List<Placement> left = written.subList(0, counts.get(records));
            Files.write(Journal.in(directory), Arrays.copyOf(whole, place));
            assertThat(read(0)).as("cut at %d", place).isEqualTo(left);
            byte[] damaged = whole.clone();
            damaged[place] ^= (byte) (1 << random.nextInt(8));
            Files.write(Journal.in(directory), damaged);
            assertThat(read(0)).as("a bit at %d", place).isEqualTo(left);
        }
    }

    /** Up to the last byte that is not 0; the texts of this test end with another. */
    private int lengthOfContent() throws IOException {
        byte[] bytes = Files.readAllBytes(Journal.in(directory));
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private List<Placement> read(long after) throws IOException {
        return Journal.read(directory, new Position(EPOCH, after));
    }

    private static List<Placement> group(long first, int count) {
        List<Placement> group = new ArrayList<>();
        for (long id = first; id < first + count; id++) {
            group.add(new Placement(event(EPOCH, id, "x".repeat((int) (id % 50))), "key" + id, "f", -1));
        }
        return group;
    }

    private static Event event(long epoch, long id, String data) {
        return new Event(new Position(epoch, id), Data.A, "name", data, 1_800_000_000_000L + id, true);
    }
}
