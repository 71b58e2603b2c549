package dev.millrace.hub;

import java.time.Duration;
import java.util.concurrent.Executor;

/**
 * One thread on which subscribers live: it runs its tasks one at a time, in the order in which they were given. A task that throws anything,
 * an {@code Error} too, must not keep it from running the others, nor a periodic one from running again.
 *
 * <p>A server gives the hub its event loops; a test turns one by hand.
 */
public interface Loop extends Executor {
    /** Runs the task again and again with this period, until the loop ends. */
    void every(Duration period, Runnable task);
}
