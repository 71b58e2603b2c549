package dev.millrace.hub;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A loop on a daemon thread of its own. A task that throws is logged, and the loop goes on. */
public final class ThreadLoop implements Loop, AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ThreadLoop.class.getName());

    private final ScheduledThreadPoolExecutor thread;

    /** A loop whose thread has this name. */
    public ThreadLoop(String name) {
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread daemon = new Thread(task, name);
            daemon.setDaemon(true);
            return daemon;
        });
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setContinueExistingPeriodicTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            if (!thread.isShutdown()) {
                throw e; // a closed hub runs nothing more
            }
        }
    }

    @Override
    public void every(Duration period, Runnable task) {
        var unused =
                thread.scheduleAtFixedRate(guarded(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable e) {
                LOGGER.log(System.Logger.Level.ERROR, "a task failed", e);
            }
        };
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
