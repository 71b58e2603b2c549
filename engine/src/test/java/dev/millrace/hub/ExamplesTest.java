package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The examples of {@code docs/java-api.md}, on real threads. */
class ExamplesTest {
    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

    @Test
    void publishAndListen() throws Exception {
        try (Hub hub = Hub.inMemory()) {
            hub.subscribe("orders/*", event -> seen.add(event.channel() + " " + event.name() + " " + event.data()));
            hub.publish("orders/42", "status", "{\"state\":\"shipped\"}");
            assertThat(next()).isEqualTo("orders/42 status {\"state\":\"shipped\"}");
        }
    }

    @Test
    void resumeWhereOneLeft() throws Exception {
        try (Hub hub = Hub.inMemory()) {
            Position read = hub.publish("news", "one").toCompletableFuture().join();
            hub.publish("news", "two");
            hub.subscribe(
                    Subscription.to(ChannelSet.of("news")).after(read.toString()),
                    event -> seen.add(event.data()),
                    gap -> seen.add("lost " + gap));
            assertThat(next()).isEqualTo("two");
        }
    }

    @Test
    void steerAndCount() throws Exception {
        try (Hub hub = Hub.inMemory()) {
            Subscriber subscriber = hub.subscribe("a", event -> seen.add(event.data()));
            subscriber.subscribe("b").toCompletableFuture().join();
            hub.publish("b", "on b");
            assertThat(next()).isEqualTo("on b");
            assertThat(hub.recipients(ChannelName.of("b"))).isEqualTo(1);

            subscriber.close(Notice.Reason.KICKED);
            subscriber.send("too", "late").toCompletableFuture().join();
            assertThat(hub.statistics().connections()).isZero();
        }
    }

    @Test
    void sendToAnAudience() {
        try (Hub hub = Hub.inMemory()) {
            hub.subscribe(Subscription.to(ChannelSet.NONE).of("anna"), event -> {});
            hub.subscribe(Subscription.to(ChannelSet.NONE).of("bert"), event -> {});
            Delivery delivery = hub.send(listener -> listener.user().equals(Optional.of("anna")), "hint", "for you")
                    .toCompletableFuture()
                    .join();
            assertThat(delivery).isEqualTo(new Delivery(1, 0, 1));
        }
    }

    @Test
    void readAsFastAsOneLikes() throws Exception {
        try (Hub hub = Hub.inMemory()) {
            for (int i = 0; i < 500; i++) {
                hub.publish("numbers", "" + i);
            }
            BlockingQueue<Flow.Subscription> demand = new LinkedBlockingQueue<>();
            hub.events(Subscription.to(ChannelSet.of("numbers")).after(Subscription.EARLIEST))
                    .subscribe(new Flow.Subscriber<Event>() {
                        @Override
                        public void onSubscribe(Flow.Subscription subscription) {
                            demand.add(subscription);
                        }

                        @Override
                        public void onNext(Event event) {
                            seen.add(event.data());
                        }

                        @Override
                        public void onError(Throwable failure) {
                            seen.add(failure.toString());
                        }

                        @Override
                        public void onComplete() {}
                    });
            Flow.Subscription subscription = demand.poll(5, TimeUnit.SECONDS);
            assertThat(subscription).isNotNull();
            for (int i = 0; i < 500; i += 100) {
                subscription.request(100);
                for (int j = i; j < i + 100; j++) {
                    assertThat(next()).isEqualTo("" + j);
                }
                assertThat(seen.poll(20, TimeUnit.MILLISECONDS))
                        .as("no more than was asked for")
                        .isNull();
            }
        }
    }

    @Test
    void pullFromAProducer() throws Exception {
        try (Hub hub = Hub.inMemory()) {
            hub.subscribe("ticks", event -> seen.add(event.data()));
            CompletionStage<Long> kept;
            try (SubmissionPublisher<Publication> producer = new SubmissionPublisher<>()) {
                kept = hub.publishAll(producer);
                for (String tick : List.of("1", "2", "3")) {
                    producer.submit(Publication.to(ChannelName.of("ticks"), tick));
                }
            }
            assertThat(kept.toCompletableFuture().get(5, TimeUnit.SECONDS)).isEqualTo(3);
            assertThat(List.of(next(), next(), next())).containsExactly("1", "2", "3");
        }
    }

    @Test
    void leavesNothingBehind() throws Exception {
        int before = Thread.activeCount();
        for (int i = 0; i < 200; i++) {
            try (Hub hub = Hub.inMemory()) {
                hub.subscribe("a", event -> seen.add(event.data()));
                hub.publish("a", "x");
                assertThat(next()).isEqualTo("x");
            }
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (Thread.activeCount() > before && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(before);
    }

    private String next() throws InterruptedException {
        String text = seen.poll(5, TimeUnit.SECONDS);
        assertThat(text).isNotNull();
        return text;
    }
}
