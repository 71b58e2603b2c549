package dev.millrace.hub;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that a test turns by hand; its monotonic twin does not jump with it. */
final class HandClock extends Clock {
    private long wallMillis = 1_800_000_000_000L;
    private long monotonicMillis = 1000;

    /** Time passes. */
    void pass(long millis) {
        wallMillis += millis;
        monotonicMillis += millis;
    }

    /** Somebody sets the clock on the wall. */
    void jump(long millis) {
        wallMillis += millis;
    }

    long monotonicMillis() {
        return monotonicMillis;
    }

    @Override
    public long millis() {
        return wallMillis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(wallMillis);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
