package dev.millrace.spring;

import dev.millrace.hub.Hub;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.springframework.context.SmartLifecycle;

/**
 * The hub's part in the shutdown of the application: the streams are told to come back elsewhere and end, before the web server waits
 * for its requests; it would wait for them in vain.
 */
final class HubLifecycle implements SmartLifecycle {
    private static final Duration POLL = Duration.ofMillis(20);

    private final Hub hub;
    private final EventStreams streams;
    private final Duration atMost;
    private volatile boolean isRunning;

    HubLifecycle(Hub hub, EventStreams streams, Duration atMost) {
        this.hub = hub;
        this.streams = streams;
        this.atMost = atMost;
    }

    @Override
    public void start() {
        isRunning = true;
    }

    @Override
    public boolean isRunning() {
        return isRunning;
    }

    /** Before the graceful shutdown of the web server, whose phase is 1024 below the default. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 512;
    }

    @Override
    public void stop() {
        isRunning = false;
        hub.drain();
        long end = System.nanoTime() + atMost.toNanos();
        while (streams.count() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(POLL.toNanos());
        }
        streams.abort();
    }
}
