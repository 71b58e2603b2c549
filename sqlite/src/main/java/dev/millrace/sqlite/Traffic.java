package dev.millrace.sqlite;

/** Whether events are being published. Thread-safe. */
final class Traffic {
    private static final long QUIET_NANOS = 100_000_000;

    private volatile long committedNanos = System.nanoTime() - QUIET_NANOS;

    /** Events were published. */
    void committed() {
        committedNanos = System.nanoTime();
    }

    /** Whether some were within the last tenth of a second. */
    boolean isLive() {
        return System.nanoTime() - committedNanos < QUIET_NANOS;
    }
}
