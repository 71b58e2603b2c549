package dev.millrace.redis;

import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the next attempt: twice as long each time, up to a second, and jittered. Not thread-safe. */
final class Backoff {
    private static final long FIRST_MILLIS = 50;
    private static final long LONGEST_MILLIS = 1000;

    private long millis = FIRST_MILLIS;

    /** The wait before the next attempt: between a half and the whole of the present step. */
    long nextMillis() {
        long step = millis;
        millis = Math.min(LONGEST_MILLIS, 2 * millis);
        return step / 2 + ThreadLocalRandom.current().nextLong(step / 2 + 1);
    }

    /** An attempt was successful. */
    void reset() {
        millis = FIRST_MILLIS;
    }
}
