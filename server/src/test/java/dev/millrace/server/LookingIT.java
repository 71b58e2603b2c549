package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The section "Looking". */
class LookingIT {
    private final MillraceServer server =
            MillraceServer.builder().port(0).historySize(5).systemMetrics(true).start();
    private final TestHub hub = new TestHub(server);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tellsFigures() throws Exception {
        try (TestStream stream = TestStream.open(server, "/events?channels=a,b")) {
            stream.nextEvent();
            hub.publish("a", "1");
            hub.publish("c", "2");
            stream.nextEvent();
            var stats = TestHub.json(hub.get("/stats"));
            assertThat(stats.get("totalConnections").asInt()).isEqualTo(1);
            assertThat(stats.get("maxConnections").asInt()).isEqualTo(10_000);
            assertThat(stats.get("channels").asInt()).isEqualTo(2);
            assertThat(stats.get("published").asInt()).isEqualTo(2);
            assertThat(stats.get("delivered").asInt()).isEqualTo(1);
            assertThat(stats.get("dropped").asInt()).isZero();
            assertThat(stats.get("uptime").asLong()).isPositive();
            assertThat(stats.get("averageAge").asLong()).isNotNegative();
        }
    }

    @Test
    void listsChannelsInPages() throws Exception {
        for (int i = 0; i < 5; i++) {
            hub.publish("p/" + i, "x");
        }
        hub.publish("q", "x");
        var first = TestHub.json(hub.get("/channels?prefix=p/&limit=3"));
        assertThat(first.get("channels").size()).isEqualTo(3);
        assertThat(first.get("channels").get(0).get("channel").asString()).isEqualTo("p/0");
        var second = TestHub.json(
                hub.get("/channels?prefix=p/&limit=3&after=" + first.get("next").asString()));
        assertThat(second.get("channels").size()).isEqualTo(2);
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void tellsOfOneChannel() throws Exception {
        String first = hub.publish("a/b", "1");
        String last = hub.publish("a/b", "2");
        try (TestStream stream = TestStream.open(server, "/events/a/*")) {
            stream.nextEvent();
            assertThat(hub.get("/channels/a/b").body())
                    .isEqualTo("{\"channel\":\"a/b\",\"subscribers\":1,\"retained\":2,\"firstId\":\"" + first
                            + "\",\"lastId\":\"" + last + "\"}");
            assertThat(hub.get("/channels/none").body()).contains("\"retained\":0,\"firstId\":null");
            assertThat(hub.get("/channels/a%20b").statusCode()).isEqualTo(400);
        }
    }

    @Test
    void tellsWhoListens() throws Exception {
        try (TestStream stream = TestStream.open(server, "/events/a?clientId=the-client-of-this-test")) {
            stream.nextEvent();
            var subscribers = TestHub.json(hub.get("/channels/a/subscribers")).get("subscribers");
            assertThat(subscribers.size()).isEqualTo(1);
            assertThat(subscribers.get(0).get("clientId").asString()).isEqualTo("the-client-of-this-test");
            assertThat(subscribers.get(0).has("user")).isFalse();
            assertThat(subscribers.get(0).get("connectedAt").asLong()).isGreaterThan(1_700_000_000_000L);
            assertThat(TestHub.json(hub.get("/channels/b/subscribers"))
                            .get("subscribers")
                            .isEmpty())
                    .isTrue();
        }
    }

    @Test
    void readsHistoryInPages() throws Exception {
        hub.post("/events/a?event=n", "{\"x\": 1}");
        hub.publish("other", "x");
        String second = hub.publish("a", "2");
        hub.publish("a", "3");
        var all = TestHub.json(hub.get("/channels/a/history"));
        assertThat(all.get("gap").asBoolean()).isFalse();
        assertThat(all.get("events").size()).isEqualTo(3);
        var event = all.get("events").get(0);
        assertThat(event.get("channel").asString()).isEqualTo("a");
        assertThat(event.get("event").asString()).isEqualTo("n");
        assertThat(event.get("data").asString()).isEqualTo("{\"x\": 1}");
        assertThat(event.get("time").asLong()).isGreaterThan(1_700_000_000_000L);
        var page = TestHub.json(hub.get("/channels/a/history?limit=2"));
        assertThat(page.get("events").size()).isEqualTo(2);
        assertThat(page.get("events").get(1).get("id").asString()).isEqualTo(second);
        var rest = TestHub.json(hub.get("/channels/a/history?after=" + second));
        assertThat(rest.get("events").get(0).get("data").asString()).isEqualTo("3");
    }

    @Test
    void tellsThatHistoryWasLost() throws Exception {
        String first = hub.publish("a", "1");
        for (int i = 0; i < 6; i++) {
            hub.publish("a", "x");
        }
        assertThat(TestHub.json(hub.get("/channels/a/history?after=" + first))
                        .get("gap")
                        .asBoolean())
                .isTrue();
        assertThat(TestHub.json(hub.get("/channels/a/history")).get("gap").asBoolean())
                .isFalse();
        assertThat(TestHub.json(hub.get("/channels/a/history?after=nonsense"))
                        .get("gap")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void keepsBroadcastsOutOfAChannelsHistory() throws Exception {
        hub.postJson("/broadcast", "{\"data\":1}");
        hub.publish("a", "1");
        assertThat(TestHub.json(hub.get("/channels/a/history")).get("events").size())
                .isEqualTo(1);
    }

    @Test
    void isWellAndReady() throws Exception {
        assertThat(hub.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(hub.get("/readyz").statusCode()).isEqualTo(200);
        server.drain(java.time.Duration.ZERO);
        assertThat(hub.get("/healthz").statusCode()).isEqualTo(200);
        var unready = hub.get("/readyz");
        assertThat(unready.statusCode()).isEqualTo(503);
        assertThat(TestHub.json(unready).get("detail").asString()).contains("stopping");
    }

    @Test
    void speaksPrometheus() throws Exception {
        hub.publish("a", "1");
        var metrics = hub.get("/metrics");
        assertThat(metrics.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
        assertThat(metrics.body()).contains("\nmillrace_events_published_total 1.0\n", "\nmillrace_connections 0.0\n");
    }

    @Test
    void publishesItsOwnFigures() throws Exception {
        try (TestStream stream = TestStream.open(server, "/events/$system")) {
            stream.nextEvent();
            TestStream.Block event = stream.nextEvent();
            assertThat(event.event()).isEqualTo("metrics");
            var figures = TestHub.json(event.data());
            assertThat(figures.get("connections").asInt()).isEqualTo(1);
            assertThat(figures.get("memoryProcess").asLong()).isPositive();
            assertThat(hub.post("/events/$system", "x").statusCode()).isEqualTo(400);
            assertThat(hub.get("/channels/$system/history").body()).contains("cpuProcess");
            var channel = TestHub.json(hub.get("/channels/$system"));
            assertThat(channel.get("retained").asInt()).isPositive();
            assertThat(channel.get("subscribers").asInt()).isEqualTo(1);
            assertThat(hub.get("/channels").body()).doesNotContain("$system");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/console/main.js"})
    void letsOnlyItsOwnScriptsRunInTheConsole(String page) throws Exception {
        var headers = hub.get(page).headers();
        assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
                .contains("default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(headers.firstValue("Referrer-Policy")).contains("no-referrer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console/..%2Fversion.txt", "/console/%2e%2e/x", "/console/nothing.js", "/console/"})
    void servesNoFileButTheConsoles(String address) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send("GET " + address + " HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThat(connection.answer().status()).isEqualTo(404);
        }
    }
}
