package dev.millrace.server.auth;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many events a second each caller may publish, with one second's worth at once after a rest. Thread-safe.
 *
 * <p>Per caller it keeps one number: when the events that were let through would be over at the steady rate (the generic cell rate
 * algorithm, ITU-T I.371). It holds a bounded number of callers; the one that published longest ago is forgotten first.
 */
public final class PublishRate {
    static final int MAX_CALLERS = 100_000;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long nanosPerEvent;
    private final LongSupplier nanoTime;

    // Guarded by itself. By caller, the one that published longest ago first.
    private final Map<String, Long> busyUntil = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_CALLERS;
        }
    };

    /**
     * A rate.
     *
     * @param eventsPerSecond 1 to 1,000,000,000
     * @param nanoTime a clock that never goes back, as {@link System#nanoTime}
     */
    public PublishRate(int eventsPerSecond, LongSupplier nanoTime) {
        if (eventsPerSecond < 1 || eventsPerSecond > SECOND) {
            throw new IllegalArgumentException("eventsPerSecond must be 1 to 1000000000, but is " + eventsPerSecond);
        }
        nanosPerEvent = SECOND / eventsPerSecond;
        this.nanoTime = nanoTime;
    }

    /**
     * Takes one event's worth, if there is one.
     *
     * @param caller a token's fingerprint or an address
     * @return zero where the event may be published, else how long to wait before it may
     */
    public Duration take(String caller) {
        long now = nanoTime.getAsLong();
        synchronized (busyUntil) {
            Long known = busyUntil.get(caller);
            long from = known == null || known - now < 0 ? now : known;
            long tooEarly = from + nanosPerEvent - now - SECOND;
            if (tooEarly > 0) {
                return Duration.ofNanos(tooEarly);
            }
            busyUntil.put(caller, from + nanosPerEvent);
            return Duration.ZERO;
        }
    }

    /** How many callers it knows at the moment. */
    public int callers() {
        synchronized (busyUntil) {
            return busyUntil.size();
        }
    }
}
