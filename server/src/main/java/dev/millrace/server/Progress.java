package dev.millrace.server;

import java.io.PrintWriter;
import java.time.Duration;

/** Says once a second how far long work has come; nothing where it is done before that. */
final class Progress {
    private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final PrintWriter to;
    private final String done;
    private long saidAt = System.nanoTime();

    /**
     * @param done what becomes of the things that are counted, such as "exported"
     */
    Progress(PrintWriter to, String done) {
        this.to = to;
        this.done = done;
    }

    /** So much of the whole, from 0 to 1. */
    void part(double part) {
        if (isDue()) {
            to.printf("millrace: %s %d %%%n", done, Math.round(100 * part));
        }
    }

    /** So many, where the whole is not known. */
    void count(long count) {
        if (isDue()) {
            to.printf("millrace: %s %,d events%n", done, count);
        }
    }

    private boolean isDue() {
        long now = System.nanoTime();
        boolean isDue = now - saidAt >= INTERVAL_NANOS;
        if (isDue) {
            saidAt = now;
        }
        return isDue;
    }
}
