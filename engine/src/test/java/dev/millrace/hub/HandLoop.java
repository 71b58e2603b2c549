package dev.millrace.hub;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A loop that a test turns by hand. */
final class HandLoop implements Loop {
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final List<Runnable> periodic = new ArrayList<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void every(Duration period, Runnable task) {
        periodic.add(task);
    }

    /** Runs the oldest task; answers whether there was one. */
    boolean turn() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /** Runs until nothing is left. */
    void turnAll() {
        while (turn()) {}
    }

    /** Runs what comes again and again, once. */
    void tick() {
        periodic.forEach(Runnable::run);
    }
}
