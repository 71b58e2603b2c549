package dev.millrace.hub;

import dev.millrace.log.Publication;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Publishes what a reactive source gives; at most {@value #WINDOW} events are on their way at a time. */
final class Feed implements Flow.Subscriber<Publication> {
    private static final int WINDOW = 64;

    private final Hub hub;
    private final CompletableFuture<Long> end = new CompletableFuture<>();
    private Flow.@Nullable Subscription source;
    private long kept;
    private long pending;
    private boolean isComplete;

    Feed(Hub hub) {
        this.hub = hub;
    }

    /** Completes with the number of events that were kept. */
    CompletionStage<Long> end() {
        return end;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        source = subscription;
        subscription.request(WINDOW);
    }

    @Override
    public void onNext(Publication publication) {
        synchronized (this) {
            pending++;
        }
        try {
            hub.publish(publication)
                    .thenCompose(receipt -> hub.room())
                    .whenComplete((done, failure) -> published(failure));
        } catch (Throwable e) {
            published(e);
        }
    }

    private void published(@Nullable Throwable failure) {
        if (failure != null) {
            onError(failure);
            return;
        }
        synchronized (this) {
            kept++;
            pending--;
        }
        Flow.Subscription from = source;
        if (from != null && !end.isDone()) {
            from.request(1);
        }
        finishIfDone();
    }

    @Override
    public void onError(Throwable failure) {
        if (end.completeExceptionally(failure) && source != null) {
            source.cancel();
        }
    }

    @Override
    public void onComplete() {
        synchronized (this) {
            isComplete = true;
        }
        finishIfDone();
    }

    private synchronized void finishIfDone() {
        if (isComplete && pending == 0) {
            end.complete(kept);
        }
    }
}
