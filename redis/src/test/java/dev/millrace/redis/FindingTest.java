package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Position;
import dev.millrace.redis.Finding.Verdict;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a node makes of the log that it finds. */
class FindingTest {
    private static final Server RUN_1 = new Server("run1", false, false, false);
    private static final Server RUN_2 = new Server("run2", false, false, false);
    private static final Server PROMOTED = new Server("run2", false, true, false);
    private static final Optional<Position> NOTHING = Optional.empty();

    @Test
    void joinsALogThatItHasSeenNoMoreOf() {
        assertThat(found(10).verdict(RUN_1, seen(7, 10))).isEqualTo(Verdict.JOIN);
        assertThat(found(10).verdict(RUN_1, seen(7, 4))).isEqualTo(Verdict.JOIN);
        assertThat(found(10).verdict(RUN_1, seen(6, 99)))
                .as("of an earlier life")
                .isEqualTo(Verdict.JOIN);
        assertThat(found(10).verdict(RUN_1, NOTHING)).isEqualTo(Verdict.JOIN);
    }

    @Test
    void forksALogThatIsBehindWhatItHasSeen() {
        assertThat(found(10).verdict(RUN_1, seen(7, 11))).isEqualTo(Verdict.FORK);
        assertThat(found(10).verdict(RUN_1, seen(8, 1))).as("of a later life").isEqualTo(Verdict.FORK);
    }

    @Test
    void beginsWhereThereIsNothingOrHalfOfIt() {
        assertThat(finding(Optional.empty(), 0, true, Map.of(), Map.of(), 0).verdict(RUN_1, seen(7, 10)))
                .isEqualTo(Verdict.BEGIN);
        assertThat(finding(life(), 10, false, Map.of(), Map.of(), 0).verdict(RUN_1, seen(7, 10)))
                .isEqualTo(Verdict.BEGIN);
    }

    @Test
    void keepsALogOnAnotherRunWhereAllRememberNoMore() {
        assertThat(tried(10, Map.of("a", seen(7, 10), "b", seen(7, 8))).verdict(RUN_2, seen(7, 10)))
                .isEqualTo(Verdict.KEEP);
    }

    @Test
    void forksALogOnAnotherRunThatOneRemembersMoreOf() {
        assertThat(tried(10, Map.of("a", seen(7, 10), "b", seen(7, 11))).verdict(RUN_2, seen(7, 10)))
                .isEqualTo(Verdict.FORK);
    }

    @Test
    void forksALogOnAnotherRunThatNobodyRemembers() {
        assertThat(tried(10, Map.of("a", NOTHING, "b", seen(6, 3))).verdict(RUN_2, NOTHING))
                .isEqualTo(Verdict.FORK);
    }

    @Test
    void waitsForThoseWhoWereThereAndNotForEver() {
        Map<String, Long> beats = Map.of("a", 9_000L, "b", 10_000L, "gone long ago", 1_000L);
        Map<String, Optional<Position>> votes = Map.of("b", seen(7, 10));
        assertThat(finding(life(), 10, true, beats, votes, 49_000).verdict(RUN_2, seen(7, 10)))
                .isEqualTo(Verdict.WAIT);
        assertThat(finding(life(), 10, true, beats, votes, 46_000).verdict(RUN_2, seen(7, 10)))
                .isEqualTo(Verdict.KEEP);
        assertThat(finding(life(), 10, true, beats, Map.of("a", NOTHING, "b", seen(7, 10)), 49_000)
                        .verdict(RUN_2, seen(7, 10)))
                .isEqualTo(Verdict.KEEP);
    }

    @Test
    void neverTrustsAServerThatWasAReplica() {
        assertThat(tried(10, Map.of("a", seen(7, 10))).verdict(PROMOTED, seen(7, 10)))
                .isEqualTo(Verdict.FORK);
    }

    @Test
    void makesAnEpochAfterAllThatAnyoneKnows() {
        Finding finding = tried(10, Map.of("a", seen(900, 1)));
        assertThat(finding.nextEpoch(100, NOTHING)).isEqualTo(901);
        assertThat(finding.nextEpoch(100, seen(950, 1))).isEqualTo(951);
        assertThat(finding.nextEpoch(5000, seen(950, 1))).isEqualTo(5000);
        assertThat(found(1).nextEpoch(3, NOTHING)).isEqualTo(8);
    }

    private static Finding found(long offset) {
        return finding(life(), offset, true, Map.of(), Map.of(), 0);
    }

    private static Finding tried(long offset, Map<String, Optional<Position>> votes) {
        return finding(life(), offset, true, Map.of("a", 10_000L), votes, 49_000);
    }

    private static Finding finding(
            Optional<Life> life,
            long offset,
            boolean isWhole,
            Map<String, Long> beats,
            Map<String, Optional<Position>> votes,
            long since) {
        return new Finding(life, offset, new Lineage(Map.of()), isWhole, 50_000, beats, votes, since);
    }

    private static Optional<Life> life() {
        return Optional.of(new Life(7, "run1"));
    }

    private static Optional<Position> seen(long epoch, long offset) {
        return Optional.of(new Position(epoch, offset));
    }
}
