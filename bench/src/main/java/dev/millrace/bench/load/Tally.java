package dev.millrace.bench.load;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What is counted during a run. Not thread-safe: everything happens on one loop. */
final class Tally {
    private static final long MAX_NANOS = 120_000_000_000L;

    private final List<Second> seconds = new ArrayList<>();
    private Second current = new Second();
    final Histogram latency = new Histogram(MAX_NANOS, 3);
    final Histogram answers = new Histogram(MAX_NANOS, 3);
    long published;
    long expected;
    long received;
    long doubled;
    long late;
    long gaps;
    long failures;
    long measuredDeliveries;
    long measuredBytes;
    private boolean isMeasuring;

    /** One second of the measured time. */
    static final class Second {
        final Histogram latency = new Histogram(MAX_NANOS, 2);
        long deliveries;
    }

    void measure(boolean on) {
        isMeasuring = on;
        current = new Second();
    }

    boolean isMeasuring() {
        return isMeasuring;
    }

    void delivered(long nanos) {
        received++;
        if (isMeasuring) {
            measuredDeliveries++;
            current.deliveries++;
            latency.recordValue(Math.min(nanos, MAX_NANOS));
            current.latency.recordValue(Math.min(nanos, MAX_NANOS));
        }
    }

    void answered(long nanos) {
        if (isMeasuring) {
            answers.recordValue(Math.min(nanos, MAX_NANOS));
        }
    }

    void endSecond() {
        if (isMeasuring) {
            seconds.add(current);
            current = new Second();
        }
    }

    List<Second> seconds() {
        return seconds;
    }

    /** Deliveries that never came. */
    long lost() {
        return expected - (received - doubled);
    }
}
