package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The values of a stream, taken by a thread of their own, so that a test waits for each with a bound. */
final class Values {

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final BlockingQueue<Optional<StreamEvent>> queue = new LinkedBlockingQueue<>();

    Values(EventStream stream) {
        Thread thread = new Thread(() -> {
            stream.forEach(event -> queue.add(Optional.of(event)));
            queue.add(Optional.empty());
        });
        thread.setDaemon(true);
        thread.start();
    }

    StreamEvent next() throws InterruptedException {
        return poll().orElseThrow(() -> new AssertionError("the stream is over"));
    }

    StreamEvent.Message message() throws InterruptedException {
        return as(StreamEvent.Message.class, next());
    }

    StreamEvent.Fault fault() throws InterruptedException {
        return as(StreamEvent.Fault.class, next());
    }

    StreamEvent.Connected connected() throws InterruptedException {
        return as(StreamEvent.Connected.class, next());
    }

    /** The next value that is no fault. */
    StreamEvent pastFaults() throws InterruptedException {
        StreamEvent event = next();
        while (event instanceof StreamEvent.Fault) {
            event = next();
        }
        return event;
    }

    void assertOver() throws InterruptedException {
        assertThat(poll()).isEmpty();
    }

    private Optional<StreamEvent> poll() throws InterruptedException {
        Optional<StreamEvent> event = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        if (event == null) {
            throw new AssertionError("no value came within " + PATIENCE);
        }
        return event;
    }

    private static <T extends StreamEvent> T as(Class<T> type, StreamEvent event) {
        assertThat(event).isInstanceOf(type);
        return type.cast(event);
    }
}
