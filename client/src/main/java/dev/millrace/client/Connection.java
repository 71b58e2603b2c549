package dev.millrace.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of one response, read chunk by chunk by a thread that may stop waiting. It asks for the next chunk only when
 * one was taken, so a reader that does not come holds the server back and fills no memory.
 */
final class Connection implements BodySubscriber<Connection> {

    /** What the HTTP client, or {@link #close}, reports to the reader. */
    private sealed interface Signal {
        record Chunk(List<ByteBuffer> buffers) implements Signal {}

        record End(IOException reason) implements Signal {}
    }

    private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
    private Flow.@Nullable Subscription subscription;
    private boolean closed;

    /**
     * The next bytes of the body.
     *
     * @throws EOFException at the end of the body, or when closed
     * @throws HttpTimeoutException if nothing came for so long
     */
    List<ByteBuffer> read(Duration silence) throws IOException, InterruptedException {
        Signal signal = silence.isZero() ? signals.take() : signals.poll(silence.toMillis(), TimeUnit.MILLISECONDS);
        if (signal == null) {
            throw new HttpTimeoutException("nothing came for " + silence.toMillis() + " ms, not even a heartbeat");
        }
        if (signal instanceof Signal.End end) {
            throw end.reason();
        }
        request();
        return ((Signal.Chunk) signal).buffers();
    }

    /** Ends the connection and wakes its reader. From any thread. */
    synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
        signals.add(new Signal.End(new EOFException("the stream was closed")));
    }

    private synchronized void request() {
        if (subscription != null && !closed) {
            subscription.request(1);
        }
    }

    @Override
    public CompletionStage<Connection> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        if (closed) {
            newSubscription.cancel();
        } else {
            newSubscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        signals.add(new Signal.Chunk(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        signals.add(new Signal.End(cause instanceof IOException broken ? broken : new IOException(cause)));
    }

    @Override
    public void onComplete() {
        signals.add(new Signal.End(new EOFException("the server ended the stream")));
    }
}
