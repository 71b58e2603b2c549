package dev.millrace.spring;

import dev.millrace.hub.Loop;
import dev.millrace.hub.ThreadLoop;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** The few threads on which all streams of the application live. */
final class StreamLoops implements AutoCloseable {
    private final List<ThreadLoop> loops;
    private final AtomicInteger turn = new AtomicInteger();

    StreamLoops(int count) {
        loops = IntStream.range(0, count)
                .mapToObj(i -> new ThreadLoop("millrace-streams-" + i))
                .toList();
    }

    /** The loop of the next stream: each in turn. */
    Loop next() {
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    @Override
    public void close() {
        loops.forEach(ThreadLoop::close);
    }
}
