package dev.millrace.server;

/** Tells when the process is asked to end. */
@FunctionalInterface
public interface Ending {
    /** Returns when it is. */
    void await() throws InterruptedException;
}
