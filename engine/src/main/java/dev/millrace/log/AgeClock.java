package dev.millrace.log;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.function.LongSupplier;

/**
 * The clock by which events and keys grow old: that of the wall, which may be set, as long as it does not run ahead of one that can't.
 *
 * <p>Where the wall's is set forward, by a day say, nothing gets a day older: this one lags behind by as much until it is made anew, so what
 * is kept may be kept longer. Where it is set back, this one goes back with it. Thread-safe.
 */
public final class AgeClock extends Clock {
    private final Clock wall;
    private final LongSupplier monotonicMillis;
    private final long startMillis; // of the wall's, when the other one stood at 0

    /** The two clocks agree now. */
    public AgeClock(Clock wall, LongSupplier monotonicMillis) {
        this(wall, monotonicMillis, wall.millis() - monotonicMillis.getAsLong());
    }

    private AgeClock(Clock wall, LongSupplier monotonicMillis, long startMillis) {
        this.wall = wall;
        this.monotonicMillis = monotonicMillis;
        this.startMillis = startMillis;
    }

    @Override
    public long millis() {
        return Math.min(wall.millis(), startMillis + monotonicMillis.getAsLong());
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return wall.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new AgeClock(wall.withZone(zone), monotonicMillis, startMillis);
    }
}
