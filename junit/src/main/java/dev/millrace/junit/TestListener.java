package dev.millrace.junit;

import dev.millrace.client.EventStream;
import dev.millrace.client.StreamEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.opentest4j.AssertionFailedError;

/**
 * A client that listens over HTTP and asserts, in order, what it received. It connects again and resumes by itself.
 *
 * <p>Each assertion waits for 10 s at the most, and fails with all that was received so far. For one thread.
 */
public final class TestListener implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final LiveHub hub;
    private final EventStream stream;
    private final Received received = new Received();

    TestListener(LiveHub hub, EventStream stream) {
        this.hub = hub;
        this.stream = stream;
    }

    void awaitOpen() {
        stream.listen(received);
        take(received.connects(), "the hub to accept the stream");
    }

    /** The next events have these data, in this order, and nothing is between them. */
    public TestListener expect(String... data) {
        for (int i = 0; i < data.length; i++) {
            String what = data.length == 1 ? "the event" : "event " + (i + 1) + " of " + data.length;
            requireEqual(what, data[i], next().data());
        }
        return this;
    }

    /** The next event has this name and these data. */
    public TestListener expectNamed(String name, String data) {
        StreamEvent.Message event = next();
        requireEqual("the event", name + ": " + data, event.name() + ": " + event.data());
        return this;
    }

    /** The next event, which must come; an unnamed one has the name "message". */
    public StreamEvent.Message next() {
        if (nextOf("an event") instanceof StreamEvent.Message message) {
            return message;
        }
        throw failure("expected an event, but there is a gap");
    }

    /** The next to come is a gap: events that are lost to this listener. */
    public StreamEvent.Gap expectGap() {
        if (nextOf("a gap") instanceof StreamEvent.Gap gap) {
            return gap;
        }
        throw failure("expected a gap, but there is an event");
    }

    /** Of what was published up to now, nothing more has come, and nothing will. */
    public void expectNothing() {
        if (!hub.sendLast(received::clientId, Received.MARK, PATIENCE)) {
            throw failure("expected to be connected and up to date within " + seconds());
        }
        if (!Received.isMark(take(received.events(), "the hub's answer"))) {
            throw failure("expected nothing more, but there is");
        }
    }

    /** The connection breaks, or has broken since this was last asked, and is there again; says whether it resumed. */
    public StreamEvent.Connected expectReconnect() {
        return take(received.connects(), "to be connected again");
    }

    /** A heartbeat comes, or has come since this was last asked. */
    public void expectHeartbeat() {
        take(received.comments(), "a heartbeat");
    }

    /** The stream is over for good: the hub refuses it. */
    public void expectEnd() {
        try {
            if (!received.awaitEnd(PATIENCE)) {
                throw failure("expected the stream to be over within " + seconds());
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    /** All events that were received so far, asserted or not. */
    public List<StreamEvent.Message> received() {
        return received.messages();
    }

    /** The position after the last event received: a later stream goes on from here. */
    public String lastEventId() {
        return stream.lastEventId();
    }

    /** Ends it. */
    @Override
    public void close() {
        stream.close();
    }

    /** The next message or gap; a mark that an assertion has left behind is none. */
    private StreamEvent nextOf(String what) {
        StreamEvent next = take(received.events(), what);
        return Received.isMark(next) ? nextOf(what) : next;
    }

    private <T> T take(BlockingQueue<T> from, String what) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (System.nanoTime() < end) {
                boolean isOver = received.awaitEnd(Duration.ZERO);
                @Nullable T next = from.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                if (next != null) {
                    return next;
                } else if (isOver) {
                    throw failure("expected " + what + ", but the stream is over");
                }
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        throw failure("expected " + what + " within " + seconds());
    }

    private AssertionFailedError interrupted() {
        Thread.currentThread().interrupt();
        return failure("interrupted");
    }

    private static String seconds() {
        return PATIENCE.toSeconds() + " s";
    }

    private void requireEqual(String what, String expected, String actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionFailedError(
                    what + " is not as expected\n  expected: " + expected + "\n  received: " + actual + received,
                    expected,
                    actual);
        }
    }

    private AssertionFailedError failure(String what) {
        return new AssertionFailedError(what + received);
    }
}
