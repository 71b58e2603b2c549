package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishRateTest {
    // A clock of this kind may begin anywhere, and overflow.
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(1500));

    @Test
    void letsASecondsWorthThroughAtOnceAndThenTheRate() {
        PublishRate rate = new PublishRate(10, now::get);
        for (int i = 0; i < 10; i++) {
            assertThat(rate.take("ann")).isZero();
        }
        assertThat(rate.take("ann")).isEqualTo(Duration.ofMillis(100));
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(99));
        assertThat(rate.take("ann")).isEqualTo(Duration.ofMillis(1));
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertThat(rate.take("ann")).isZero();
        assertThat(rate.take("ann")).isPositive();
        assertThat(rate.take("bob")).isZero();
    }

    @Test
    void letsASecondsWorthThroughAgainAfterALongRest() {
        PublishRate rate = new PublishRate(5, now::get);
        for (int round = 0; round < 3; round++) {
            int through = 0;
            while (rate.take("ann").isZero()) {
                through++;
            }
            assertThat(through).isEqualTo(5);
            now.addAndGet(TimeUnit.HOURS.toNanos(1));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void neverLetsMoreThroughThanTheRateAndOneSecondsWorth(long seed) {
        Random random = new Random(seed);
        int perSecond = 1 + random.nextInt(1000);
        PublishRate rate = new PublishRate(perSecond, now::get);
        long began = now.get();
        long through = 0;
        for (int i = 0; i < 200_000; i++) {
            through += rate.take("ann").isZero() ? 1 : 0;
            now.addAndGet(random.nextInt(3_000_000));
            double seconds = (now.get() - began) / 1e9;
            assertThat((double) through).as("seed %d", seed).isLessThanOrEqualTo(perSecond * (seconds + 1) + 1);
        }
        double seconds = (now.get() - began) / 1e9;
        assertThat((double) through).isGreaterThan(Math.min(200_000, perSecond * seconds) * 0.95);
    }

    @Test
    void forgetsWhoPublishedLongestAgoAndHoldsNoMore() {
        PublishRate rate = new PublishRate(1, now::get);
        rate.take("first");
        for (int i = 1; i < PublishRate.MAX_CALLERS; i++) {
            rate.take("caller " + i);
        }
        assertThat(rate.callers()).isEqualTo(PublishRate.MAX_CALLERS);
        assertThat(rate.take("first")).isPositive();
        rate.take("one more");
        assertThat(rate.callers()).isEqualTo(PublishRate.MAX_CALLERS);
        assertThat(rate.take("first")).isPositive();
        assertThat(rate.take("caller 1")).isZero();
    }

    @Test
    void wantsARateThatCanBeKept() {
        assertThatThrownBy(() -> new PublishRate(0, now::get)).isInstanceOf(IllegalArgumentException.class);
    }
}
