package dev.millrace.spring;

import dev.millrace.http.Accept;
import dev.millrace.http.Answer;
import dev.millrace.http.ListenRequest;
import dev.millrace.http.Notices;
import dev.millrace.hub.EventSink;
import dev.millrace.hub.Loop;
import dev.millrace.hub.Notice;
import dev.millrace.hub.Subscriber;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An open event stream: an event sink on an asynchronous servlet response, written without blocking.
 *
 * <pre>
 *   waiting for the container ──first onWritePossible──► opening ──► open ──end()──► ending ──sent──► closed
 *                                                           │          └──abort(), peer gone──────────► closed
 *                                                           └──refused: an ordinary answer────────────► closed
 * </pre>
 *
 * <p>It holds no thread. The response is only touched on the stream's loop, from the container's first call on, which comes when
 * the request's own thread has left; and never while {@code isReady} was false. The lock is there for the one case where the
 * container ends the response by itself: that waits until a write in progress is over.
 */
final class ServletStream implements EventSink<byte[]>, WriteListener, AsyncListener {
    private static final System.Logger LOGGER = System.getLogger(ServletStream.class.getName());

    /** So much is given to the container at a time: what a slow peer takes shows as progress, piece by piece. */
    private static final int PIECE = 16 * 1024;

    private final AsyncContext async;
    private final ServletOutputStream out;
    private final Accept accept;
    private final Loop loop;
    private final ListenRequest asked;
    private final String protocol;
    private final EventStreams owner;

    // on the loop only, but for isClosed
    private final Deque<byte[]> pending = new ArrayDeque<>(2);
    private int offset; // of what is written of the first
    private boolean isFlushDue;
    private boolean isWaiting = true; // for the container to say that it takes more
    private boolean isOpening = true;
    private boolean isEnding;
    private volatile boolean isClosed;
    private long progress;
    private long written;
    private @Nullable Subscriber subscriber;

    ServletStream(AsyncContext async, Accept accept, Loop loop, ListenRequest asked, EventStreams owner)
            throws IOException {
        this.async = async;
        this.out = async.getResponse().getOutputStream();
        this.protocol = async.getRequest().getProtocol();
        this.accept = accept;
        this.loop = loop;
        this.asked = asked;
        this.owner = owner;
    }

    /** Has the container say when it can be written. */
    void begin() {
        async.addListener(this);
        out.setWriteListener(this);
    }

    /** What it was asked for. */
    ListenRequest asked() {
        return asked;
    }

    /** What content types its client takes. */
    Accept accept() {
        return accept;
    }

    /** Where it lives. */
    Loop loop() {
        return loop;
    }

    /** Its first words were written; from here on its subscriber is told what becomes of the response. */
    void opened(Subscriber hubs) {
        subscriber = hubs;
        if (isClosed) {
            hubs.disconnected();
        } else if (isWritable()) {
            hubs.writable();
        }
    }

    /** There will be no stream: answers with this instead. */
    void refuse(Answer answer) {
        if (isClosed) {
            return;
        }
        Answers.head(answer, (HttpServletResponse) async.getResponse());
        pending.add(answer.body());
        end();
    }

    // ---- what the hub says ----

    @Override
    public StreamForm form() {
        return StreamForm.of(asked.isEnveloped());
    }

    @Override
    public boolean isWritable() {
        return !isWaiting && pending.isEmpty() && !isClosed;
    }

    @Override
    public boolean isDrained() {
        return !isWaiting && pending.isEmpty() && !isFlushDue && !isClosed;
    }

    @Override
    public long progress() {
        return progress;
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public String protocol() {
        return protocol;
    }

    @Override
    public void write(byte[] batch) {
        add(batch);
    }

    @Override
    public void tell(Notice notice) {
        add(Notices.encode(notice, asked.isEnveloped(), owner.retry(), asked.isEventHeartbeat()));
    }

    private void add(byte[] bytes) {
        pending.add(bytes);
        written += bytes.length;
    }

    @Override
    public void flush() {
        pump();
    }

    @Override
    public void end() {
        isEnding = true;
        pump();
    }

    /**
     * Ends it without waiting for the peer. What the container holds for a peer that reads nothing it keeps trying to send until its
     * own write timeout; to complete the response now would make one of its threads wait for that.
     */
    @Override
    public void abort() {
        pending.clear();
        isEnding = true;
        if (isWaiting) {
            close();
        } else {
            complete();
        }
    }

    /** Writes what is there while the container takes it. */
    private synchronized void pump() {
        try {
            while (!isClosed && !isWaiting) {
                if (!out.isReady()) {
                    isWaiting = true;
                } else if (!pending.isEmpty()) {
                    writePiece(pending.element());
                } else if (isFlushDue) {
                    isFlushDue = false;
                    out.flush();
                } else if (isEnding) {
                    complete();
                } else {
                    return;
                }
            }
        } catch (IOException | IllegalStateException e) {
            complete(); // the peer is gone
        }
    }

    private void writePiece(byte[] bytes) throws IOException {
        int length = Math.min(PIECE, bytes.length - offset);
        out.write(bytes, offset, length);
        isFlushDue = true;
        progress++;
        offset += length;
        if (offset == bytes.length) {
            pending.remove();
            offset = 0;
        }
    }

    private void complete() {
        if (!isClosed) {
            close();
            completeLate();
        }
    }

    /** Gives the response back; after an abort, when the container has sent what it held. */
    private void completeLate() {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the container has ended a stream by itself", e);
        }
    }

    private void close() {
        if (!isClosed) {
            isClosed = true;
            pending.clear();
            loop.execute(this::afterClose);
        }
    }

    private void afterClose() {
        if (subscriber != null) {
            subscriber.disconnected();
        }
        owner.closed(this, Optional.ofNullable(subscriber));
    }

    // ---- what the container says, on its threads ----

    @Override
    public void onWritePossible() {
        loop.execute(this::writePossible);
    }

    private void writePossible() {
        isWaiting = false;
        if (isOpening) {
            isOpening = false;
            owner.opening(this);
            return;
        }
        if (isClosed) {
            completeLate();
            return;
        }
        pump();
        if (subscriber != null && isWritable() && !isEnding) {
            subscriber.writable();
        }
    }

    @Override
    public void onError(Throwable failure) {
        gone();
    }

    @Override
    public void onError(AsyncEvent event) {
        gone();
        completeLate();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        gone();
        completeLate();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        gone();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {}

    private synchronized void gone() {
        close();
    }
}
