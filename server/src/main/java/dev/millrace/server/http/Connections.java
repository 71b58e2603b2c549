package dev.millrace.server.http;

import java.util.concurrent.atomic.LongAdder;

/** The open connections of a server, counted; and whether they are to end. Thread-safe. */
final class Connections {
    private final LongAdder open = new LongAdder();
    private volatile boolean isDraining;

    void opened() {
        open.increment();
    }

    void closed() {
        open.decrement();
    }

    long count() {
        return open.sum();
    }

    void drain() {
        isDraining = true;
    }

    /** Whether a connection ends after its answer. */
    boolean isDraining() {
        return isDraining;
    }
}
