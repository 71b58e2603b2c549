package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The section "Listening". */
class ListeningIT {
    private MillraceServer server =
            MillraceServer.builder().port(0).historySize(5).start();
    private TestHub hub = new TestHub(server);

    @AfterEach
    void stop() {
        server.close();
    }

    private TestStream open(String address) throws IOException {
        return TestStream.open(server, address);
    }

    @Test
    void beginsAtOnceWithRetryAndConnected() throws Exception {
        try (TestStream stream = open("/events/orders/42")) {
            assertThat(stream.head().header("Content-Type").orElseThrow()).startsWith("text/event-stream");
            assertThat(stream.head().header("Cache-Control")).contains("no-cache, no-store, no-transform");
            assertThat(stream.head().header("X-Accel-Buffering")).contains("no");
            assertThat(stream.head().header("Content-Length")).isEmpty();
            assertThat(stream.next().field("retry")).isEqualTo("3000");
            TestStream.Block connected = stream.next();
            assertThat(connected.event()).isEqualTo("connected");
            assertThat(connected.id()).matches("[A-Za-z0-9._-]{1,64}");
            var data = TestHub.json(connected.data());
            assertThat(data.get("clientId").asString()).hasSizeGreaterThanOrEqualTo(22);
            assertThat(data.get("channels").toString()).isEqualTo("[\"orders/42\"]");
            assertThat(data.get("resumed").isNull()).isTrue();
        }
    }

    @Test
    void deliversEventsOfItsChannelsAndBroadcastsInOneOrder() throws Exception {
        try (TestStream stream = open("/events/a?channel=b&channels=c,d*")) {
            stream.nextEvent();
            hub.publish("a", "1");
            hub.publish("x", "not for it");
            hub.publish("c", "2");
            hub.postJson("/broadcast", "{\"data\":\"3\",\"event\":\"all\"}");
            hub.publish("dd", "4");
            String id = hub.publish("b", "5");
            assertThat(stream.data(4)).containsExactly("1", "2", "3", "4");
            assertThat(stream.nextEvent().id()).isEqualTo(id);
        }
    }

    @Test
    void resumesAfterAnIdWithoutLossAndWithoutRepeating() throws Exception {
        String first = hub.publish("a", "1");
        hub.publish("b", "not for it");
        hub.publish("a", "2");
        try (TestStream stream = TestStream.open(server, "/events/a", Map.of("Last-Event-ID", first))) {
            TestStream.Block connected = stream.nextEvent();
            assertThat(connected.id()).isEqualTo(first);
            assertThat(connected.data()).contains("\"resumed\":true");
            hub.publish("a", "3");
            assertThat(stream.data(2)).containsExactly("2", "3");
        }
    }

    @Test
    void resumesFromTheIdOfConnected() throws Exception {
        String id;
        try (TestStream stream = open("/events/a")) {
            id = stream.nextEvent().id();
        }
        hub.publish("a", "meanwhile");
        try (TestStream stream = open("/events/a?lastEventId=" + id)) {
            assertThat(stream.data(2).get(1)).isEqualTo("meanwhile");
        }
    }

    @Test
    void prefersTheHeaderToTheQuery() throws Exception {
        String first = hub.publish("a", "1");
        String second = hub.publish("a", "2");
        try (TestStream stream =
                TestStream.open(server, "/events/a?lastEventId=" + first, Map.of("Last-Event-ID", second))) {
            assertThat(stream.nextEvent().id()).isEqualTo(second);
        }
    }

    @Test
    void takesAnEmptyIdForNone() throws Exception {
        hub.publish("a", "1");
        try (TestStream stream = TestStream.open(server, "/events/a?lastEventId=", Map.of("Last-Event-ID", ""))) {
            assertThat(stream.nextEvent().data()).contains("\"resumed\":null");
            hub.publish("a", "2");
            assertThat(stream.data(1)).containsExactly("2");
        }
    }

    @Test
    void replaysTheNewestOfAllChannelsTogether() throws Exception {
        hub.publish("a", "1");
        hub.publish("b", "2");
        hub.publish("a", "3");
        try (TestStream stream = open("/events?channels=a,b&history=2")) {
            assertThat(stream.data(3).subList(1, 3)).containsExactly("2", "3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/events/a?lastEventId=earliest", "/events/a?history=1000"})
    void replaysEverythingRetainedWithoutAGap(String address) throws Exception {
        for (int i = 1; i <= 7; i++) {
            hub.publish("a", "" + i);
        }
        try (TestStream stream = open(address)) {
            List<String> data = stream.data(6);
            assertThat(data.get(0)).contains("\"resumed\":null");
            assertThat(data.subList(1, 6)).containsExactly("3", "4", "5", "6", "7");
        }
    }

    @Test
    void announcesWhatIsNoLongerRetained() throws Exception {
        String first = hub.publish("a", "1");
        for (int i = 2; i <= 7; i++) {
            hub.publish("a", "" + i);
        }
        try (TestStream stream = open("/events/a?lastEventId=" + first)) {
            assertThat(stream.nextEvent().data()).contains("\"resumed\":false");
            TestStream.Block gap = stream.nextEvent();
            assertThat(gap.event()).isEqualTo("gap");
            assertThat(gap.has("id")).isFalse();
            var data = TestHub.json(gap.data());
            assertThat(data.get("channel").asString()).isEqualTo("a");
            assertThat(data.get("after").asString()).isEqualTo(first);
            assertThat(data.get("resumedAt").asString()).isNotEmpty();
            assertThat(stream.data(5)).containsExactly("3", "4", "5", "6", "7");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "zzzzzzz-5", "0-0", "-1", "%00", "%F0%9F%98%80"})
    void answersAnIdThatItNeverGaveWithAGapAndAllThatItHas(String id) throws Exception {
        hub.publish("a", "1");
        try (TestStream stream = open("/events/a?lastEventId=" + id)) {
            assertThat(stream.nextEvent().data()).contains("\"resumed\":false");
            TestStream.Block gap = stream.nextEvent();
            assertThat(gap.event()).isEqualTo("gap");
            assertThat(gap.data()).contains("\"after\":null");
            assertThat(stream.nextEvent().event()).isIn("gap", "");
        }
    }

    @Test
    void wrapsEventsInEnvelopesOnOneLine() throws Exception {
        try (TestStream stream = open("/events/a?envelope=1")) {
            stream.nextEvent();
            hub.post("/events/a?event=named", "{\"n\": 1.10,\n \"s\":\"a b\"}");
            hub.publish("a", "plain \"text\"\nin lines");
            hub.postJson("/broadcast", "{\"data\":12345678901234567890}");
            TestStream.Block first = stream.nextEvent();
            assertThat(first.event()).isEqualTo("named");
            assertThat(first.data())
                    .isEqualTo("{\"channel\":\"a\",\"event\":\"named\",\"data\":{\"n\":1.10,\"s\":\"a b\"}}");
            assertThat(stream.data(2))
                    .containsExactly(
                            "{\"channel\":\"a\",\"event\":null,\"data\":\"plain \\\"text\\\"\\nin lines\"}",
                            "{\"channel\":null,\"event\":null,\"data\":12345678901234567890}");
        }
    }

    @Test
    void beatsWithAComment() throws Exception {
        try (MillraceServer quick = MillraceServer.builder()
                        .port(0)
                        .heartbeat(java.time.Duration.ofMillis(500))
                        .start();
                TestStream stream = TestStream.open(quick, "/events/a");
                TestStream seeing = TestStream.open(quick, "/events/a?heartbeat=event")) {
            stream.nextEvent();
            seeing.nextEvent();
            assertThat(stream.next().lines()).singleElement().asString().startsWith(":");
            TestStream.Block beat = seeing.next();
            assertThat(beat.event()).isEqualTo("heartbeat");
            assertThat(beat.has("id")).isFalse();
            assertThat(TestHub.json(beat.data()).get("time").asLong()).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/events/",
                "/events/a%20b",
                "/events/$all",
                "/events/$system",
                "/events/a*b",
                "/events/%C3%28",
                "/events/%zz",
                "/events?channels=a,b%0Ac",
                "/events?channel=",
                "/events/a?history=-1",
                "/events/a?history=x",
                "/events/a?clientId=short",
                "/events/a?clientId=0123456789012345678901234567890123456789012345678901234567890123456789",
                "/events/a?heartbeat=yes",
                "/events/a?envelope=maybe"
            })
    void refusesWhatBreaksARule(String address) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            var answer = connection
                    .send("GET " + address + " HTTP/1.1\r\nHost: test\r\n\r\n")
                    .answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.header("Content-Type")).contains("application/problem+json");
            assertThat(TestHub.json(answer.body()).get("status").asInt()).isEqualTo(400);
            assertThat(TestHub.json(answer.body()).get("detail").asString()).isNotBlank();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/event-stream | 200",
                "*/* | 200",
                "text/* | 200",
                "text/html, text/event-stream;q=0.1 | 200",
                "application/json | 406",
                "text/event-stream;q=0, */* | 406"
            })
    void listensToTheHeaderAccept(String accept, int status) throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send("GET /events/a HTTP/1.1\r\nHost: test\r\nAccept: " + accept + "\r\n\r\n");
            assertThat(connection.head().status()).isEqualTo(status);
        }
    }

    @Test
    void answersHeadAtOnceAndHoldsNothing() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send("HEAD /events/a HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThat(connection.head().header("Content-Type").orElseThrow()).startsWith("text/event-stream");
            connection.send("GET /stats HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThat(connection.answer().body()).contains("\"totalConnections\":0");
        }
    }

    @Test
    void givesAReaderOfHttp10AnUnchunkedBody() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.send("GET /events/a HTTP/1.0\r\n\r\n");
            try (TestStream stream = TestStream.on(connection)) {
                assertThat(stream.head().header("Transfer-Encoding")).isEmpty();
                assertThat(stream.nextEvent().event()).isEqualTo("connected");
                hub.publish("a", "1");
                assertThat(stream.data(1)).containsExactly("1");
            }
        }
    }

    @Test
    void givesTheStreamOfALiveClientIdToWhoComesBackWithIt() throws Exception {
        String address = "/events/a?clientId=my-secret-client-0001";
        try (TestStream old = open(address)) {
            old.nextEvent();
            try (TestStream fresh = open(address)) {
                assertThat(fresh.nextEvent().data()).contains("my-secret-client-0001");
                List<TestStream.Block> rest = old.rest();
                assertThat(rest.get(0).has("retry")).isTrue();
                assertThat(rest.get(1).event()).isEqualTo("closing");
                assertThat(rest.get(1).data()).isEqualTo("{\"reason\":\"replaced\"}");
                assertThat(rest).hasSize(2);
            }
        }
    }

    @Test
    void keepsTheChannelsThatAClientWasSteeredToWhenItComesBack() throws Exception {
        String address = "/events/a?clientId=my-secret-client-0002";
        try (TestStream stream = open(address)) {
            stream.nextEvent();
            hub.postJson("/subscribe", "{\"clientId\":\"my-secret-client-0002\",\"channel\":\"b\"}");
            assertThat(stream.nextEvent().event()).isEqualTo("subscribed");
        }
        try (TestStream stream = open(address)) {
            assertThat(stream.nextEvent().data()).contains("[\"a\",\"b\"]");
            hub.publish("b", "still");
            assertThat(stream.data(1)).containsExactly("still");
        }
    }

    @Test
    void endsAtTheGreatestAgeWithAWordAndASpreadRetry() throws Exception {
        try (MillraceServer shortLived = MillraceServer.builder()
                        .port(0)
                        .maxAge(java.time.Duration.ofSeconds(1))
                        .start();
                TestStream stream = TestStream.open(shortLived, "/events/a")) {
            stream.nextEvent();
            List<TestStream.Block> rest = stream.rest();
            assertThat(Integer.parseInt(rest.get(0).field("retry"))).isBetween(3000, 24_000);
            assertThat(rest.get(1).event()).isEqualTo("closing");
            assertThat(rest.get(1).data()).isEqualTo("{\"reason\":\"age\"}");
        }
    }

    @Test
    void carriesAnyTextUnharmed() throws Exception {
        String text = " leading\n\n: colon\ndata: x\n\u2028\u0085\uFEFF\u0000 \uD83D\uDE00 end\n";
        try (TestStream stream = open("/events/a")) {
            stream.nextEvent();
            hub.publish("a", text);
            hub.publish("a", "one\r\ntwo\rthree");
            hub.publish("a", "");
            assertThat(stream.data(3)).containsExactly(text, "one\ntwo\nthree", "");
        }
    }

    @Test
    void neverWritesACarriageReturn() {
        assertThatThrownBy(() -> {
                    try (TestStream stream = open("/events/nothing")) {
                        stream.connection().socket().setSoTimeout(200);
                        stream.rest(); // throws where it sees one
                    }
                })
                .isInstanceOf(java.net.SocketTimeoutException.class);
    }
}
