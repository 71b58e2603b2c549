package dev.millrace.client;

import dev.millrace.client.Connector.Answer;
import dev.millrace.sse.EventTooLargeException;
import dev.millrace.sse.SseParser;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A stream of events that outlives its connections: it connects again after a fault, with the last event's id, so that it
 * goes on where it was. It connects when the first value is asked for, and reads only as fast as values are taken.
 *
 * <p>It is over when it is closed, when the server answers 204, or after a {@link StreamEvent.Fault} that names no next
 * try. One thread takes the values; {@link #close}, {@link #restart} and {@link #lastEventId} may come from any.
 *
 * <p>Source: WHATWG HTML, section 9.2; where {@code EventSource} gives up at any error status, this stream tries again
 * after those that pass (408, 425, 429 and 5xx).
 */
public final class EventStream implements Iterable<StreamEvent>, AutoCloseable {

    /** A connection that held this long counts as good: the next wait is a first one again. */
    private static final Duration STEADY = Duration.ofSeconds(5);

    private final EventStreamBuilder settings;
    private final LongSupplier clock;
    private final Connector connector;
    private final Backoff backoff;
    private final Decoder decoder;
    private final byte[] chunk = new byte[16 * 1024];

    private final Object state = new Object();
    private @Nullable Connection connection;
    private boolean closed;
    private boolean restarting;

    private SseParser parser;
    private long connectedAt;
    private long retryAt;
    private boolean isOver;
    private volatile String lastEventId;

    EventStream(EventStreamBuilder settings) {
        this(settings, System::nanoTime, RandomGenerator.getDefault());
    }

    /** A stream by another clock, in nanoseconds, and with a jitter of the caller's. */
    EventStream(EventStreamBuilder settings, LongSupplier clock, RandomGenerator jitter) {
        this.settings = settings;
        this.clock = clock;
        this.connector = new Connector(settings.uri, settings.access, this::isDisturbed);
        this.backoff = new Backoff(settings.firstWait, settings.longestWait, jitter);
        this.decoder = new Decoder(backoff, settings.comments, settings.lastEventId);
        this.lastEventId = settings.lastEventId;
        this.parser = new SseParser(lastEventId, settings.maxEventBytes, decoder);
        this.retryAt = clock.getAsLong();
    }

    /** A stream from the address, without a token. */
    public static EventStream open(URI uri) {
        return builder(uri).open();
    }

    /** A stream from the address, to be set up. */
    public static EventStreamBuilder builder(URI uri) {
        return new EventStreamBuilder(uri);
    }

    /**
     * The next value; waits for it. Empty where the stream is over, which it also is once the waiting thread has been
     * interrupted.
     */
    public Optional<StreamEvent> next() {
        try {
            while (true) {
                Decoder.Item item = decoder.poll();
                if (item != null) {
                    lastEventId = item.lastEventId();
                    if (item.event().isPresent() && !isClosed()) {
                        return item.event();
                    }
                } else if (isOver || isClosed()) {
                    return Optional.empty();
                } else {
                    advance();
                }
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** The values as they come, up to the end of the stream; every iterator takes from the same stream. */
    @Override
    public Iterator<StreamEvent> iterator() {
        return new Iterator<>() {
            private Optional<StreamEvent> next = Optional.empty();

            @Override
            public boolean hasNext() {
                if (next.isEmpty()) {
                    next = EventStream.this.next();
                }
                return next.isPresent();
            }

            @Override
            public StreamEvent next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("the stream is over");
                }
                StreamEvent value = next.orElseThrow();
                next = Optional.empty();
                return value;
            }
        };
    }

    /** Hands the values to a listener, on a daemon thread of its own, until the stream is over. */
    public void listen(EventListener listener) {
        ListenerThread.start(this, listener);
    }

    /** The values for one reactive subscriber, at its pace; when it cancels, the stream is closed. */
    public Flow.Publisher<StreamEvent> publisher() {
        return new StreamPublisher(this);
    }

    /** The position after the last value taken; empty where there is none. With it a later stream goes on from here. */
    public String lastEventId() {
        return lastEventId;
    }

    /** Drops the connection, or the wait for the next try, and connects at once: for when the network has changed. */
    public void restart() {
        synchronized (state) {
            restarting = true;
            dropConnection();
        }
    }

    /** Ends the stream and wakes who waits for it. */
    @Override
    public void close() {
        synchronized (state) {
            closed = true;
            dropConnection();
        }
    }

    private void dropConnection() {
        connector.cancel();
        if (connection != null) {
            connection.close();
        }
        state.notifyAll();
    }

    private boolean isClosed() {
        synchronized (state) {
            return closed;
        }
    }

    private boolean isDisturbed() {
        synchronized (state) {
            return closed || restarting;
        }
    }

    /** One step: waits for the next try, connects, or reads. */
    private void advance() throws InterruptedException {
        Connection open;
        synchronized (state) {
            open = connection;
        }
        if (open != null) {
            read(open);
        } else if (awaitTry()) {
            connect();
        }
    }

    /** Waits until the next try is due; false where the stream was closed. */
    private boolean awaitTry() throws InterruptedException {
        synchronized (state) {
            long left = retryAt - clock.getAsLong();
            while (!closed && !restarting && left > 0) {
                state.wait(left / 1_000_000, (int) (left % 1_000_000));
                left = retryAt - clock.getAsLong();
            }
            restarting = false;
            return !closed;
        }
    }

    private void connect() throws InterruptedException {
        Answer answer = connector.connect(lastEventId);
        if (answer instanceof Answer.Open open) {
            synchronized (state) {
                connection = open.connection();
                if (closed || restarting) {
                    connection.close();
                }
            }
            connectedAt = clock.getAsLong();
            parser = new SseParser(lastEventId, settings.maxEventBytes, decoder);
            decoder.beginConnection();
        } else if (answer instanceof Answer.Failed failed) {
            fail(failed);
        } else {
            isOver = true;
        }
    }

    private void read(Connection open) throws InterruptedException {
        try {
            for (ByteBuffer buffer : open.read(settings.silence)) {
                while (buffer.hasRemaining()) {
                    int length = Math.min(buffer.remaining(), chunk.length);
                    buffer.get(chunk, 0, length);
                    parser.parse(chunk, 0, length);
                }
            }
        } catch (IOException e) {
            disconnect(open);
            fail(new Answer.Failed(e, Optional.empty(), false));
        } catch (EventTooLargeException e) {
            disconnect(open);
            fail(new Answer.Failed(new IOException(e.getMessage(), e), Optional.empty(), true));
        }
    }

    private void disconnect(Connection open) {
        open.close();
        synchronized (state) {
            connection = null;
        }
        if (clock.getAsLong() - connectedAt >= STEADY.toNanos()) {
            backoff.reset();
        }
    }

    /** Plans the next try and tells the fault, unless the application made it by closing or restarting. */
    private void fail(Answer.Failed failed) {
        if (isDisturbed()) {
            return;
        }
        isOver = failed.isFinal();
        Optional<Duration> wait = isOver
                ? Optional.empty()
                : Optional.of(failed.retryAfter().map(backoff::next).orElseGet(backoff::next));
        wait.ifPresent(time -> retryAt = clock.getAsLong() + time.toNanos());
        decoder.add(new StreamEvent.Fault(failed.cause(), wait));
    }
}
