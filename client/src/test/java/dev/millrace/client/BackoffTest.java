package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.LongSummaryStatistics;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Random random = new Random(20261121);

    @Test
    void spreadsEveryWaitOverItsWholeBoundWhichDoubles() {
        for (int tries = 0; tries < 8; tries++) {
            long bound = Math.min(30_000, 1000L << tries);
            LongSummaryStatistics waits = new LongSummaryStatistics();
            for (int round = 0; round < 2000; round++) {
                Backoff backoff = new Backoff(SECOND, Duration.ofSeconds(30), random);
                for (int i = 0; i < tries; i++) {
                    backoff.next();
                }
                waits.accept(backoff.next().toMillis());
            }
            assertThat(waits.getMin()).isBetween(0L, bound / 20);
            assertThat(waits.getMax()).isBetween(bound * 19 / 20, bound);
            assertThat(waits.getAverage()).isBetween(bound * 0.45, bound * 0.55);
        }
    }

    @Test
    void staysWithinTheLongestWaitForEver() {
        Backoff backoff = new Backoff(SECOND, Duration.ofSeconds(30), random);
        for (int i = 0; i < 1000; i++) {
            assertThat(backoff.next()).isBetween(Duration.ZERO, Duration.ofSeconds(30));
        }
    }

    @Test
    void beginsAnewAfterAConnectionThatHeld() {
        Backoff backoff = new Backoff(SECOND, Duration.ofSeconds(30), random);
        for (int i = 0; i < 10; i++) {
            backoff.next();
        }
        backoff.reset();
        assertThat(backoff.next()).isLessThanOrEqualTo(SECOND);
    }

    @Test
    void takesTheServersTimeAsTheFirstBoundEvenBeyondTheLongest() {
        Backoff backoff = new Backoff(SECOND, Duration.ofSeconds(2), random);
        backoff.retry(10_000);
        long longest = 0;
        for (int i = 0; i < 1000; i++) {
            backoff.reset();
            longest = Math.max(longest, backoff.next().toMillis());
        }
        assertThat(longest).isBetween(9_000L, 10_000L);
    }

    @Test
    void waitsAtLeastAsLongAsToldAndNotAllAtOnce() {
        Backoff backoff = new Backoff(SECOND, Duration.ofSeconds(30), random);
        LongSummaryStatistics waits = new LongSummaryStatistics();
        for (int i = 0; i < 1000; i++) {
            waits.accept(backoff.next(Duration.ofSeconds(5)).toMillis());
        }
        assertThat(waits.getMin()).isBetween(5_000L, 5_100L);
        assertThat(waits.getMax()).isBetween(5_900L, 6_000L);
    }

    @Test
    void sleepsNoLongerThanAnHourWhateverItIsTold() {
        Backoff backoff = new Backoff(SECOND, Duration.ofSeconds(30), random);
        assertThat(backoff.next(Duration.ofDays(365))).isLessThanOrEqualTo(Duration.ofSeconds(3601));
        backoff.retry(Long.MAX_VALUE);
        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofHours(1));
    }

    @Test
    void needNotWaitAtAll() {
        Backoff backoff = new Backoff(Duration.ZERO, Duration.ZERO, random);
        assertThat(backoff.next()).isZero();
        assertThat(backoff.next()).isZero();
    }
}
