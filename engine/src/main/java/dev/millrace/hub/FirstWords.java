package dev.millrace.hub;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The first words of a stream: {@code connected}, or a sign of life where what that says is not known in time. On the loop only.
 *
 * <p>The log may have to look where a stream begins, and whether anything is missing, in what is away at present. Its client is
 * not to take that for a dead hub; and from then on the stream is one of the hub's: it is counted, and ends with the hub.
 */
final class FirstWords {
    /** So long a stream may be silent at first. */
    static final long PATIENCE_MILLIS = 1000;

    private final Registry registry;
    private final Subscriber subscriber;
    private final CompletableFuture<Subscriber> opened = new CompletableFuture<>();
    private boolean isAdmitted;

    FirstWords(Registry registry, Subscriber subscriber) {
        this.registry = registry;
        this.subscriber = subscriber;
    }

    /** Completes with the stream when it has said something. */
    CompletionStage<Subscriber> opened() {
        return opened;
    }

    /** Whether there is nothing to wait for any more. */
    boolean isOver() {
        return opened.isDone();
    }

    /** It has taken too long. */
    void late() {
        admit();
        try {
            subscriber.await();
            opened.complete(subscriber);
        } catch (Throwable e) {
            broken(e); // or it would be late again at each tick, and all that wait behind it with it
        }
    }

    /** It is known what the stream begins with. */
    void connected(Notice.Connected connected, @Nullable InboxMarks marks) {
        admit();
        subscriber.greet(connected, marks);
        opened.complete(subscriber);
    }

    /** It can't be opened. */
    void failed(Throwable failure) {
        if (isAdmitted) {
            subscriber.end(new Notice.Closing(Notice.Reason.DRAINING)); // so that it comes back
        } else {
            subscriber.withdraw();
        }
        opened.completeExceptionally(failure);
    }

    /** What it begins with could not be read, or not be said. */
    void broken(Throwable cause) {
        opened.completeExceptionally(cause);
        if (isAdmitted) {
            subscriber.failed(cause);
        } else {
            subscriber.withdraw();
        }
    }

    private void admit() {
        if (!isAdmitted) {
            isAdmitted = true;
            registry.add(subscriber);
        }
    }
}
