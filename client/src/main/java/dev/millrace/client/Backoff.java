package dev.millrace.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next try: exponential with full jitter, so a random time between nothing and a bound that
 * doubles with each try in vain. Not thread-safe.
 */
final class Backoff {

    /** Above this a server's Retry-After is not believed: a stream that sleeps for days looks like one that is broken. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

    private final Duration max;
    private final RandomGenerator random;
    private Duration base;
    private int tries;

    Backoff(Duration base, Duration max, RandomGenerator random) {
        this.base = base;
        this.max = max;
        this.random = random;
    }

    /** Takes the server's reconnection time as the bound of the first wait; it may be longer than the longest wait. */
    void retry(long millis) {
        base = Duration.ofMillis(Math.min(millis, LONGEST_RETRY_AFTER.toMillis()));
    }

    /** Begins anew after a connection that held. */
    void reset() {
        tries = 0;
    }

    Duration next() {
        return jitter(bound());
    }

    /** The wait where the server named the least: that, and the jitter of a first try on top, lest all come at once. */
    Duration next(Duration retryAfter) {
        bound();
        Duration least = retryAfter.compareTo(LONGEST_RETRY_AFTER) < 0 ? retryAfter : LONGEST_RETRY_AFTER;
        return least.plus(jitter(base));
    }

    private Duration bound() {
        Duration longest = max.compareTo(base) > 0 ? max : base;
        int shift = Math.min(tries++, 30);
        return base.toMillis() > longest.toMillis() >> shift ? longest : base.multipliedBy(1L << shift);
    }

    private Duration jitter(Duration bound) {
        return Duration.ofMillis(random.nextLong(bound.toMillis() + 1));
    }
}
