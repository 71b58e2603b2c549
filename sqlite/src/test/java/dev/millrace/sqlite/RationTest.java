package dev.millrace.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RationTest {
    private static final long MOST_SAVED = 20_000;
    private static final long MOST_REST = 50_000;

    private final Random random = new Random(8);

    @Test
    void keepsToItsShareInTheLongRun() {
        Ration ration = new Ration(0.25, MOST_SAVED, MOST_REST, 0);
        long now = 0;
        long worked = 0;
        while (now < 10_000_000) {
            long begin = now;
            now += 1 + random.nextInt(2000);
            worked += now - begin;
            now += ration.rest(begin, now);
        }
        assertThat((double) worked / now).isCloseTo(0.25, within(0.01));
    }

    @Test
    void worksOnWhatItHasSaved() {
        Ration ration = new Ration(0.25, MOST_SAVED, MOST_REST, 0);
        assertThat(ration.rest(0, MOST_SAVED)).isZero();
        assertThat(ration.rest(MOST_SAVED, 2 * MOST_SAVED)).isPositive();
    }

    @Test
    void savesNoMoreThanTheMost() {
        Ration ration = new Ration(0.25, MOST_SAVED, MOST_REST, 0);
        long late = 100 * MOST_SAVED;
        assertThat(ration.rest(late, late + 2 * MOST_SAVED)).isPositive();
    }

    @Test
    void restsNoLongerThanTheMostAndOwesNothingBeyondThat() {
        Ration ration = new Ration(0.25, MOST_SAVED, MOST_REST, 0);
        long now = 10_000_000;
        long rest = ration.rest(0, now);
        assertThat(rest).isEqualTo(MOST_REST);
        now += rest;
        assertThat(ration.rest(now, now + 100)).isLessThanOrEqualTo(400);
    }

    @Test
    void neverRestsWithAWholeShare() {
        Ration ration = new Ration(1, MOST_SAVED, MOST_REST, 0);
        assertThat(ration.rest(0, 1_000_000)).isZero();
        assertThat(ration.rest(1_000_000, 9_000_000)).isZero();
    }
}
