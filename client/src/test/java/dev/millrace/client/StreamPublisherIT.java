package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.client.ScriptedServer.Exchange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamPublisherIT {

    private ScriptedServer server;
    private EventStream stream;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        stream = EventStream.builder(server.uri("/"))
                .backoff(Duration.ofMillis(1), Duration.ofMillis(5))
                .open();
    }

    @AfterEach
    void stop() throws IOException {
        stream.close();
        server.close();
    }

    @Test
    void deliversAsManyAsAreAskedForAndThenCompletes() throws Exception {
        Recorder recorder = new Recorder();
        stream.publisher().subscribe(recorder);
        assertThat(server.isIdle())
                .as("nothing is asked for, so nothing is connected")
                .isTrue();
        recorder.subscription().request(2);
        server.take().stream("data: a\n\ndata: b\n\ndata: c\n\n").end();
        recorder.awaitTold("a", "b");
        recorder.subscription().request(Long.MAX_VALUE);
        recorder.subscription().request(Long.MAX_VALUE);
        server.take().answer(204, "", "");
        recorder.awaitTold("a", "b", "c", "fault", "complete");
    }

    @Test
    void closesTheStreamWhenCancelled() throws Exception {
        Recorder recorder = new Recorder();
        stream.publisher().subscribe(recorder);
        recorder.subscription().request(10);
        Exchange exchange = server.take().stream("data: a\n\n");
        recorder.awaitTold("a");
        recorder.subscription().cancel();
        assertThat(exchange.socket().getInputStream().read()).isLessThan(0);
        assertThat(stream.next()).isEmpty();
        assertThat(recorder.told).containsExactly("a");
    }

    @Test
    void refusesToBeAskedForNothing() throws Exception {
        Recorder recorder = new Recorder();
        stream.publisher().subscribe(recorder);
        recorder.subscription().request(0);
        recorder.awaitTold("IllegalArgumentException");
    }

    @Test
    void hasOneSubscriber() throws Exception {
        Flow.Publisher<StreamEvent> publisher = stream.publisher();
        publisher.subscribe(new Recorder());
        Recorder second = new Recorder();
        publisher.subscribe(second);
        second.awaitTold("IllegalStateException");
    }

    private static final class Recorder implements Flow.Subscriber<StreamEvent> {
        final List<String> told = Collections.synchronizedList(new ArrayList<>());
        private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();

        Flow.Subscription subscription() {
            return subscription.join();
        }

        void awaitTold(String... expected) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(told).containsExactly(expected));
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription.complete(newSubscription);
        }

        @Override
        public void onNext(StreamEvent event) {
            told.add(event instanceof StreamEvent.Message message ? message.data() : "fault");
        }

        @Override
        public void onError(Throwable failure) {
            told.add(failure.getClass().getSimpleName());
        }

        @Override
        public void onComplete() {
            told.add("complete");
        }
    }
}
