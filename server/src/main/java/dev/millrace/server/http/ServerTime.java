package dev.millrace.server.http;

import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * The clocks of a server, and how long its connections may take.
 *
 * @param clock the wall's
 * @param nanoTime one that never goes back, as {@link System#nanoTime}
 */
record ServerTime(Clock clock, LongSupplier nanoTime, Patience patience) {
    /** A time that never goes back. */
    long millis() {
        return nanoTime.getAsLong() / 1_000_000;
    }
}
