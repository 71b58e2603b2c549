package dev.millrace.junit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicLong;

/** The system's clock, turned forward by hand; it runs on from there. Thread-safe. */
final class TurnedClock extends Clock {
    private final Clock system;
    private final AtomicLong aheadMillis;

    TurnedClock() {
        this(Clock.systemUTC(), new AtomicLong());
    }

    private TurnedClock(Clock system, AtomicLong aheadMillis) {
        this.system = system;
        this.aheadMillis = aheadMillis;
    }

    void turn(Duration forward) {
        if (forward.isNegative()) {
            throw new IllegalArgumentException("the clock turns forward only, but was given " + forward);
        }
        aheadMillis.addAndGet(forward.toMillis());
    }

    /** A time that never jumps back, turned as far. */
    long monotonicMillis() {
        return System.nanoTime() / 1_000_000 + aheadMillis.get();
    }

    @Override
    public Instant instant() {
        return system.instant().plusMillis(aheadMillis.get());
    }

    @Override
    public ZoneId getZone() {
        return system.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new TurnedClock(system.withZone(zone), aheadMillis);
    }
}
