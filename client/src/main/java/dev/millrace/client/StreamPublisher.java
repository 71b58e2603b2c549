package dev.millrace.client;

import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A stream as a reactive publisher for one subscriber. A thread takes a value when the subscriber has asked for one, so
 * its demand holds back the connection. Source: Reactive Streams 1.0.4.
 */
final class StreamPublisher implements Flow.Publisher<StreamEvent> {

    private final EventStream stream;
    private final AtomicBoolean isTaken = new AtomicBoolean();

    StreamPublisher(EventStream stream) {
        this.stream = stream;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super StreamEvent> subscriber) {
        if (isTaken.compareAndSet(false, true)) {
            Demand demand = new Demand(stream, subscriber);
            subscriber.onSubscribe(demand);
            Thread thread = new Thread(demand::run, "millrace-publisher");
            thread.setDaemon(true);
            thread.start();
        } else {
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {}
            });
            subscriber.onError(
                    new IllegalStateException("a stream has one subscriber; open another stream for the next"));
        }
    }

    /** What the subscriber has asked for and not got. */
    private static final class Demand implements Flow.Subscription {
        private final EventStream stream;
        private final Flow.Subscriber<? super StreamEvent> subscriber;
        private long wanted;
        private boolean isCancelled;
        private boolean isMisused;

        Demand(EventStream stream, Flow.Subscriber<? super StreamEvent> subscriber) {
            this.stream = stream;
            this.subscriber = subscriber;
        }

        @Override
        public synchronized void request(long n) {
            isMisused |= n <= 0;
            wanted = wanted + n < 0 ? Long.MAX_VALUE : wanted + n;
            if (isMisused) {
                stream.close();
            }
            notifyAll();
        }

        @Override
        public synchronized void cancel() {
            isCancelled = true;
            stream.close();
            notifyAll();
        }

        void run() {
            try {
                while (awaitDemand()) {
                    Optional<StreamEvent> event = stream.next();
                    if (event.isEmpty()) {
                        end();
                        return;
                    }
                    subscriber.onNext(event.get());
                }
            } catch (InterruptedException e) {
                stream.close();
                subscriber.onError(e);
            }
        }

        private synchronized boolean awaitDemand() throws InterruptedException {
            while (wanted == 0 && !isCancelled && !isMisused) {
                wait();
            }
            wanted--;
            return !isCancelled;
        }

        private void end() {
            boolean misused;
            synchronized (this) {
                if (isCancelled) {
                    return;
                }
                misused = isMisused;
            }
            if (misused) {
                subscriber.onError(
                        new IllegalArgumentException("request must ask for at least 1 (Reactive Streams, rule 3.9)"));
            } else {
                subscriber.onComplete();
            }
        }
    }
}
