package dev.millrace.hub;

import dev.millrace.log.Event;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The events of a subscription as a reactive stream: read from the history only as fast as they are asked for.
 *
 * <p>Each subscriber of it is a stream of the hub. What a batch holds beyond the demand waits here; the next batch waits in the log.
 */
final class EventFlow implements Flow.Publisher<Event> {
    private final Hub hub;
    private final Subscription request;
    private final Loop loop;

    EventFlow(Hub hub, Subscription request, Loop loop) {
        this.hub = hub;
        this.request = request;
        this.loop = loop;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Event> subscriber) {
        Sink sink = new Sink(subscriber);
        subscriber.onSubscribe(sink);
        loop.execute(() -> hub.open(request, sink, loop).whenComplete((opened, failure) -> {
            if (failure == null) {
                sink.opened(opened);
            } else {
                subscriber.onError(failure);
            }
        }));
    }

    private final class Sink implements EventSink<List<Event>>, Flow.Subscription {
        private final Flow.Subscriber<? super Event> subscriber;
        private final Deque<Event> waiting = new ArrayDeque<>();
        private @Nullable Subscriber stream;
        private long demand;
        private long asked;
        private boolean isOver;

        Sink(Flow.Subscriber<? super Event> subscriber) {
            this.subscriber = subscriber;
        }

        void opened(Subscriber opened) {
            stream = opened;
            if (isOver) {
                opened.disconnected();
            }
        }

        @Override
        public void request(long count) {
            loop.execute(() -> {
                if (count <= 0) {
                    fail(new IllegalArgumentException("demand must be greater than 0, not " + count));
                    return;
                }
                demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
                giveWhatWaits();
                Subscriber reader = stream;
                if (reader != null && isWritable()) {
                    reader.writable();
                }
            });
        }

        @Override
        public void cancel() {
            loop.execute(() -> {
                isOver = true;
                waiting.clear();
                if (stream != null) {
                    stream.disconnected();
                }
            });
        }

        private void giveWhatWaits() {
            while (demand > 0 && !waiting.isEmpty() && !isOver) {
                demand--;
                subscriber.onNext(waiting.remove());
            }
        }

        private void fail(Throwable cause) {
            if (!isOver) {
                isOver = true;
                subscriber.onError(cause);
                cancel();
            }
        }

        @Override
        public Form<List<Event>> form() {
            return EventListener.AS_THEY_ARE;
        }

        @Override
        public boolean isWritable() {
            return stream == null || (demand > 0 && waiting.isEmpty()); // the greeting passes, and takes no demand
        }

        @Override
        public boolean isDrained() {
            return waiting.isEmpty();
        }

        @Override
        public long progress() {
            return ++asked; // a reader in this process is slow at most, and never gone
        }

        @Override
        public void write(List<Event> batch) {
            waiting.addAll(batch);
            giveWhatWaits();
        }

        @Override
        public void tell(Notice notice) {
            if (notice instanceof Notice.Gap gap) {
                fail(new EventsLostException(gap.gap()));
            }
        }

        @Override
        public void flush() {}

        @Override
        public void end() {
            if (!isOver) {
                isOver = true;
                subscriber.onComplete();
            }
        }

        @Override
        public void abort() {
            end();
        }
    }
}
