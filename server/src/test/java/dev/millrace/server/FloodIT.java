package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.log.MemoryLog;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** More than fits: of channels, of long names, of data for who does not read. Memory stays bounded, and losses are told. */
class FloodIT {
    private static final long CAP = 4 << 20;
    private static final long SLACK = 12 << 20; // of this JVM's other doings

    private final MillraceServer server = MillraceServer.builder()
            .port(0)
            .historyMemory(CAP)
            .heartbeat(Duration.ofSeconds(1))
            .writeTimeout(Duration.ofSeconds(2))
            .start();
    private final TestHub hub = new TestHub(server);

    @AfterEach
    void stop() {
        server.close();
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void forgetsTheOldestHistoryFirstAndTellsIt() throws Exception {
        String first = hub.publish("flood/first", "1");
        long before = heap();
        String longName = "n".repeat(180);
        for (int batch = 0; batch < 50; batch++) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 1000; i++) {
                lines.append("{\"channel\":\"flood/" + batch + "/" + i + "/" + longName + "\",\"data\":\"x\"}\n");
            }
            var answer = hub.post("/events", lines.toString(), Map.of("Content-Type", "application/x-ndjson"));
            assertThat(answer.body()).contains("\"accepted\":1000");
        }
        assertThat(((MemoryLog) server.hub().log()).bytes()).isLessThanOrEqualTo(CAP);
        assertThat(heap()).isLessThan(before + CAP + SLACK);
        assertThat(TestHub.json(hub.get("/channels/flood/first"))
                        .get("retained")
                        .asInt())
                .isZero();
        try (TestStream stream = TestStream.open(server, "/events/flood/*?lastEventId=" + first)) {
            assertThat(stream.nextEvent().data()).contains("\"resumed\":false");
            assertThat(stream.nextEvent().event()).isEqualTo("gap");
        }
    }

    @Test
    void remembersNothingOfListenersThatLeft() throws Exception {
        try (TestStream kept = TestStream.open(server, "/events/kept?clientId=the-client-of-this-test")) {
            kept.nextEvent();
            for (int i = 0; i < 2000; i++) {
                String body = "{\"clientId\":\"the-client-of-this-test\",\"channel\":\"steered/" + i + "\"}";
                assertThat(hub.postJson("/subscribe", body).statusCode()).isEqualTo(200);
                assertThat(hub.postJson("/unsubscribe", body).statusCode()).isEqualTo(200);
                kept.nextEvent();
                kept.nextEvent();
            }
            for (int i = 0; i < 500; i++) {
                try (TestStream stream = TestStream.open(server, "/events/once/" + i)) {
                    stream.nextEvent();
                }
            }
            await().untilAsserted(() -> assertThat(
                            TestHub.json(hub.get("/stats")).get("channels").asInt())
                    .isEqualTo(1));
            assertThat(TestHub.json(hub.get("/channels")).get("channels").size())
                    .isEqualTo(1);
            assertThat(hub.get("/metrics").body().lines().count()).isLessThan(300);
        }
    }

    @Test
    void servesOthersWhileManyReadNothingAndDropsThose() throws Exception {
        RawConnection[] stuck = new RawConnection[100];
        for (int i = 0; i < stuck.length; i++) {
            stuck[i] = RawConnection.to(server, 4096).sendHead("GET", "/events/big");
        }
        try (TestStream reading = TestStream.open(server, "/events/big")) {
            reading.nextEvent();
            await().untilAsserted(() ->
                    assertThat(server.hub().statistics().connections()).isEqualTo(stuck.length + 1));
            long before = heap() + direct();
            String much = "x".repeat(100_000);
            for (int i = 0; i < 100; i++) {
                String id = hub.publish("big", i + much);
                assertThat(reading.nextEvent().id()).isEqualTo(id);
            }
            assertThat(heap() + direct()).isLessThan(before + CAP + SLACK + stuck.length * 128L * 1024);
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() ->
                            assertThat(server.hub().statistics().connections()).isEqualTo(1));
        }
        for (RawConnection connection : stuck) {
            connection.close();
        }
    }

    private static long direct() {
        return io.netty.buffer.PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    @Test
    void tellsAReaderThatFellOutOfTheHistoryWhatItMissed() throws Exception {
        try (MillraceServer patient =
                        MillraceServer.builder().port(0).historyMemory(CAP).start();
                TestStream slow = TestStream.open(RawConnection.to(patient, 4096), "/events/big", Map.of())) {
            slow.nextEvent();
            String much = "x".repeat(100_000);
            TestHub publisher = new TestHub(patient);
            for (int i = 0; i < 200; i++) {
                publisher.publish("big", i + much);
            }
            readOn(slow);
        }
    }

    /** Each number follows the one before, or a gap stands between them; the last one comes. */
    private static void readOn(TestStream stream) throws IOException {
        int last = -1;
        boolean isGap = false;
        boolean wasGap = false;
        while (last < 199) {
            TestStream.Block event = stream.nextEvent();
            if (event.event().equals("gap")) {
                isGap = true;
                wasGap = true;
            } else {
                int number = Integer.parseInt(event.data().replace("x", ""));
                assertThat(number == last + 1 || (isGap && number > last)).isTrue();
                isGap = false;
                last = number;
            }
        }
        assertThat(wasGap).isTrue();
    }
}
