package dev.millrace.deploy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Many listeners that come back whenever their stream ends, each with the last id that it has seen. */
final class Swarm implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final List<Listener> listeners;
    private volatile boolean isOver;

    Swarm(int size, URI stream) {
        listeners = IntStream.range(0, size).mapToObj(i -> new Listener(stream)).toList();
        listeners.forEach(Listener::connect);
    }

    List<Listener> listeners() {
        return listeners;
    }

    @Override
    public void close() {
        isOver = true;
        listeners.forEach(Listener::leave);
    }

    /** One of them: what it was sent, in the order in which it came. */
    final class Listener implements Flow.Subscriber<String> {
        private final URI stream;
        private final Executor later = CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS);
        private final List<String> received = Collections.synchronizedList(new ArrayList<>());
        private final AtomicInteger welcomes = new AtomicInteger();
        private volatile Flow.Subscription subscription = NONE;
        private String lastId = "";
        private String id = "";
        private String name = "";
        private String data = "";

        private Listener(URI stream) {
            this.stream = stream;
        }

        /** How often a hub has greeted it. */
        int welcomes() {
            return welcomes.get();
        }

        List<String> received() {
            return List.copyOf(received);
        }

        private void connect() {
            HttpRequest.Builder request = HttpRequest.newBuilder(stream).header("Accept", "text/event-stream");
            if (!lastId.isEmpty()) {
                request.header("Last-Event-ID", lastId);
            }
            http.sendAsync(request.build(), BodyHandlers.fromLineSubscriber(this))
                    .whenComplete((answer, failure) -> comeBack());
        }

        private void comeBack() {
            if (!isOver) {
                later.execute(this::connect);
            }
        }

        private void leave() {
            subscription.cancel();
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            id = "";
            name = "";
            data = "";
            begun.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            } else if (line.isEmpty()) {
                dispatch();
            }
        }

        private void dispatch() {
            lastId = id.isEmpty() ? lastId : id;
            if (name.equals("connected")) {
                welcomes.incrementAndGet();
            }
            if (name.equals("gap") || (name.isEmpty() && !data.isEmpty())) {
                received.add(name + data);
            }
            id = "";
            name = "";
            data = "";
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }

    private static final Flow.Subscription NONE = new Flow.Subscription() {
        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    };
}
