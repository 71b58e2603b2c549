package dev.millrace.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Publisher and stream while a durable hub is killed and stays away for a while. */
@Timeout(120)
class HubRestartIT {

    private static final int EVENTS = 300;

    @TempDir
    Path folder;

    @Test
    void deliversEachEventOnceInOrderThoughTheHubIsKilledTwice() throws Exception {
        HubProcess hub = HubProcess.start(0, folder);
        URI uri = hub.uri();
        List<Integer> received = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger faults = new AtomicInteger();
        AtomicInteger gaps = new AtomicInteger();
        try (EventStream stream = EventStream.builder(URI.create(uri + "/events/orders"))
                .backoff(Duration.ofMillis(50), Duration.ofSeconds(1))
                .open()) {
            CompletableFuture<Void> connected = new CompletableFuture<>();
            stream.listen(new EventListener() {
                @Override
                public void onMessage(StreamEvent.Message message) {
                    if (message.name().equals("order")) {
                        received.add(Integer.parseInt(message.data()));
                    }
                }

                @Override
                public void onConnected(StreamEvent.Connected unused) {
                    connected.complete(null);
                }

                @Override
                public void onFault(StreamEvent.Fault fault) {
                    faults.incrementAndGet();
                }

                @Override
                public void onGap(StreamEvent.Gap gap) {
                    gaps.incrementAndGet();
                }
            });
            connected.get(20, SECONDS);
            CompletableFuture<Void> published = CompletableFuture.runAsync(() -> publish(Publisher.to(uri)));
            for (int kill = 1; kill <= 2; kill++) {
                int enough = kill * EVENTS / 4;
                await().atMost(Duration.ofSeconds(40)).until(() -> received.size() >= enough);
                hub.kill();
                int before = faults.get();
                await().atMost(Duration.ofSeconds(30)).until(() -> faults.get() >= before + 6);
                hub = HubProcess.start(uri.getPort(), folder);
            }
            published.get(60, SECONDS);
            await().atMost(Duration.ofSeconds(30)).until(() -> received.size() >= EVENTS);
            assertThat(received).isEqualTo(IntStream.range(0, EVENTS).boxed().toList());
            assertThat(gaps).hasValue(0);
        } finally {
            hub.kill();
        }
    }

    /** One after the other, each tried until the hub answers. */
    private static void publish(Publisher publisher) {
        for (int i = 0; i < EVENTS; i++) {
            publisher.publish("orders", "order", "" + i).join();
        }
    }
}
