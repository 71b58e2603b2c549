package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Limits: how many streams, of one address, of channels, how fast, and what a listener may still say. */
class LimitsIT {
    private static final String JUNK = "GET /stats HTTP/1.1\r\nHost: test\r\n\r\n".repeat(100);
    private static final long SLACK = 16 << 20; // of this JVM's other doings

    @Test
    void tellsAnEventSourceToComeBackWhenFull() throws Exception {
        try (MillraceServer small =
                        MillraceServer.builder().port(0).maxConnections(1).start();
                TestStream only = TestStream.open(small, "/events/a")) {
            only.nextEvent();
            var refused = RawConnection.to(small)
                    .send("GET /events/a HTTP/1.1\r\nHost: test\r\nAccept: text/event-stream\r\n\r\n")
                    .answer();
            assertThat(refused.status()).isEqualTo(200);
            assertThat(refused.header("Content-Type").orElseThrow()).startsWith("text/event-stream");
            assertThat(refused.body()).matches("retry: \\d+\n\nevent: closing\ndata: \\{\"reason\":\"full\"}\n\n");
            var other = new TestHub(small).get("/events/a");
            assertThat(other.statusCode()).isEqualTo(503);
            assertThat(Integer.parseInt(
                            other.headers().firstValue("Retry-After").orElseThrow()))
                    .isPositive();
            small.hub().publish("a", "unharmed");
            assertThat(only.nextEvent().data()).isEqualTo("unharmed");
        }
    }

    @Test
    void limitsTheStreamsOfOneAddress() throws Exception {
        try (MillraceServer small =
                MillraceServer.builder().port(0).maxConnectionsPerIp(1).start()) {
            try (TestStream only = TestStream.open(small, "/events/a")) {
                only.nextEvent();
                var refused = new TestHub(small).get("/events/a");
                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            }
            await().untilAsserted(() -> {
                try (TestStream next = TestStream.open(small, "/events/a")) {
                    assertThat(next.nextEvent().event()).isEqualTo("connected");
                }
            });
        }
    }

    @Test
    void countsTheClientsOfATrustedProxyApart() throws Exception {
        try (MillraceServer small = MillraceServer.builder()
                        .port(0)
                        .maxConnectionsPerIp(1)
                        .trustedProxies("127.0.0.1")
                        .start();
                TestStream one = from(small, "2001:db8:1:2::1");
                TestStream other = from(small, "203.0.113.7, 198.51.100.1")) {
            assertThat(one.nextEvent().event()).isEqualTo("connected");
            assertThat(other.nextEvent().event()).isEqualTo("connected");
            try (TestStream sameNetwork = from(small, "2001:db8:1:2:3:4:5:6");
                    TestStream sameHop = from(small, "192.0.2.9, 198.51.100.1")) {
                assertThat(sameNetwork.nextEvent().data()).isEqualTo("{\"reason\":\"full\"}");
                assertThat(sameHop.nextEvent().data()).isEqualTo("{\"reason\":\"full\"}");
            }
            try (TestStream otherNetwork = from(small, "2001:db8:1:3::1")) {
                assertThat(otherNetwork.nextEvent().event()).isEqualTo("connected");
            }
        }
    }

    @Test
    void believesNoForwardedAddressOfAStranger() throws Exception {
        try (MillraceServer small =
                        MillraceServer.builder().port(0).maxConnectionsPerIp(1).start();
                TestStream one = from(small, "203.0.113.7");
                TestStream other = from(small, "203.0.113.8")) {
            assertThat(one.nextEvent().event()).isEqualTo("connected");
            assertThat(other.nextEvent().data()).isEqualTo("{\"reason\":\"full\"}");
        }
    }

    private static TestStream from(MillraceServer server, String forwardedFor) throws IOException {
        return TestStream.open(
                server, "/events/a", Map.of("Accept", "text/event-stream", "X-Forwarded-For", forwardedFor));
    }

    @Test
    void refusesMoreChannelsThanAllowed() throws Exception {
        try (MillraceServer small =
                MillraceServer.builder().port(0).maxChannelsPerClient(2).start()) {
            assertThat(new TestHub(small).get("/events?channels=a,b,c").statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void keepsNoBytesAfterTheRequestAndNoticesTheEnd() throws Exception {
        try (MillraceServer server = MillraceServer.builder().port(0).start();
                TestStream stream = TestStream.open(server, "/events/a")) {
            stream.nextEvent();
            long before = memory();
            for (int sent = 0; sent < 64 << 20; sent += JUNK.length()) {
                stream.connection().send(JUNK);
            }
            assertThat(memory()).isLessThan(before + SLACK);
            server.hub().publish("a", "1");
            assertThat(stream.data(1)).containsExactly("1");
            stream.connection().socket().shutdownOutput();
            await().untilAsserted(() ->
                    assertThat(server.hub().statistics().connections()).isZero());
        }
    }

    private static long memory() {
        System.gc();
        return Runtime.getRuntime().totalMemory()
                - Runtime.getRuntime().freeMemory()
                + PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    @Test
    void slowsDownWhoPublishesTooFast() throws Exception {
        try (MillraceServer slow =
                MillraceServer.builder().port(0).publishRate(2).start()) {
            TestHub client = new TestHub(slow);
            List<Integer> statuses = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                statuses.add(client.post("/events/a", "x").statusCode());
            }
            assertThat(statuses).startsWith(200, 200).contains(429);
            var refused = client.post("/events/a", "x");
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        }
    }

    @Test
    void countsEventsInLinesToo() throws Exception {
        try (MillraceServer slow =
                MillraceServer.builder().port(0).publishRate(2).start()) {
            var answer = new TestHub(slow)
                    .post(
                            "/events",
                            "{\"channel\":\"a\",\"data\":1}\n".repeat(20),
                            Map.of("Content-Type", "application/x-ndjson"));
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(TestHub.json(answer).get("line").asInt()).isBetween(3, 20);
        }
    }
}
