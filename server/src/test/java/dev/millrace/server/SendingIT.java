package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The section "Sending". */
class SendingIT {
    private static final Map<String, String> LINES = Map.of("Content-Type", "application/x-ndjson");

    private final MillraceServer server =
            MillraceServer.builder().port(0).maxEventSize(1000).start();
    private final TestHub hub = new TestHub(server);

    @AfterEach
    void stop() {
        server.close();
    }

    private List<String> history(String channel) throws Exception {
        List<String> data = new ArrayList<>();
        TestHub.json(hub.get("/channels/" + channel + "/history"))
                .get("events")
                .forEach(event -> data.add(event.get("data").asString()));
        return data;
    }

    private RawConnection.Answer raw(String request) throws IOException {
        try (RawConnection connection = RawConnection.to(server)) {
            return connection.send(request).answer();
        }
    }

    @Test
    void answersWithTheIdAndHowManyItGoesTo() throws Exception {
        try (TestStream one = TestStream.open(server, "/events/a");
                TestStream all = TestStream.open(server, "/events?channels=*")) {
            one.nextEvent();
            all.nextEvent();
            var answer = TestHub.json(hub.post("/events/a?event=n", "x"));
            assertThat(answer.get("recipients").asInt()).isEqualTo(2);
            TestStream.Block event = one.nextEvent();
            assertThat(event.id()).isEqualTo(answer.get("id").asString());
            assertThat(event.event()).isEqualTo("n");
            assertThat(TestHub.json(hub.post("/events/b", "x"))
                            .get("recipients")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders%2F42", "orders/42", "%6Frders/42"})
    void knowsAChannelByItsDecodedName(String path) throws Exception {
        hub.post("/events/" + path, "x");
        assertThat(TestHub.json(hub.get("/channels/orders/42")).get("retained").asInt())
                .isEqualTo(1);
    }

    @Test
    void takesNamesOfAnyScript() throws Exception {
        hub.post("/events/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8", "x");
        assertThat(hub.get("/channels").body()).contains("\"новости\"");
    }

    @Test
    void keepsNothingWhereToldSo() throws Exception {
        try (TestStream stream = TestStream.open(server, "/events/a")) {
            stream.nextEvent();
            var answer = TestHub.json(hub.post("/events/a?keep=false&event=typing", "now"));
            assertThat(answer.get("id").isNull()).isTrue();
            TestStream.Block event = stream.nextEvent();
            assertThat(event.has("id")).isFalse();
            assertThat(event.event()).isEqualTo("typing");
            assertThat(history("a")).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "\"text \\u00e9 \\\"x\\\"\" | text é \"x\"",
                "{ \"a\" : [ 1.10 , -0.0e0 , 12345678901234567890123 ] , \"b c\" : \" d \\\" e \" } |"
                        + " {\"a\":[1.10,-0.0e0,12345678901234567890123],\"b c\":\" d \\\" e \"}",
                "null | null",
                "true | true",
                "1e400 | 1e400",
                "[] | []",
                "\"\" | "
            })
    void takesAnyJsonValueAsData(String json, String text) throws Exception {
        var answer = hub.postJson("/notify", "{\"channel\":\"a\",\"data\":" + json + "}");
        assertThat(answer.body()).contains("\"success\":true");
        assertThat(history("a")).containsExactly(text == null ? "" : text);
    }

    @Test
    void broadcastsToEveryStream() throws Exception {
        try (TestStream one = TestStream.open(server, "/events/a");
                TestStream none = TestStream.open(server, "/events")) {
            one.nextEvent();
            none.nextEvent();
            var answer = TestHub.json(hub.postJson("/broadcast", "{\"event\":\"n\",\"data\":{\"x\":1}}"));
            assertThat(answer.get("success").asBoolean()).isTrue();
            assertThat(answer.get("recipients").asInt()).isEqualTo(2);
            assertThat(one.nextEvent().data()).isEqualTo("{\"x\":1}");
            assertThat(none.nextEvent().event()).isEqualTo("n");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"data\":1} | channel",
                "{\"channel\":\"a\"} | data",
                "{\"channel\":1,\"data\":1} | channel",
                "{\"channel\":\"$all\",\"data\":1} | channel",
                "{\"channel\":\"a*\",\"data\":1} | channel",
                "{\"channel\":\"a\",\"data\":1,\"event\":\"gap\"} | event",
                "{\"channel\":\"a\",\"data\":1,\"event\":\"x\\ny\"} | event",
                "{\"channel\":\"a\",\"data\":1,\"data\":2} | Duplicate",
                "{\"channel\":\"a\",\"data\":{\"x\":1,\"x\":2}} | Duplicate",
                "{\"channel\":\"a\",\"data\":\"\\ud800\"} | surrogate",
                "{\"channel\":\"a\",\"data\":1} x | JSON",
                "{\"channel\":\"a\",\"data\":1 | JSON",
                "[1] | object",
                "'' | object"
            })
    void refusesJsonThatBreaksARule(String json, String word) throws Exception {
        var answer = hub.postJson("/notify", json);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestHub.json(answer).get("detail").asString()).contains(word);
        assertThat(history("a")).isEmpty();
    }

    @Test
    void refusesJsonThatIsNestedTooDeeply() throws Exception {
        try (MillraceServer large = MillraceServer.builder().port(0).start()) {
            String deep = "[".repeat(100_000) + "]".repeat(100_000);
            var answer = new TestHub(large).postJson("/notify", "{\"channel\":\"a\",\"data\":" + deep + "}");
            assertThat(answer.statusCode()).isEqualTo(400);
            TestHub other = new TestHub(large);
            other.publish("a", deep);
            try (TestStream stream = TestStream.open(large, "/events/a?envelope=1&history=1")) {
                assertThat(stream.data(2).get(1)).contains("\"data\":\"[[[");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/notify,text/plain,415",
        "/notify,application/json;charset=utf-8,200",
        "/broadcast,application/x-www-form-urlencoded,415",
        "/subscribe,text/plain,415",
        "/events,application/json,415",
        "/events/a,image/png,200"
    })
    void wantsTheRightContentType(String address, String type, int status) throws Exception {
        var answer = hub.post(address, "{\"channel\":\"a\",\"data\":1}", Map.of("Content-Type", type));
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @Test
    void refusesCompressedBodies() throws Exception {
        assertThat(hub.post("/events/a", "x", Map.of("Content-Encoding", "gzip"))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void refusesBytesThatAreNoText() throws Exception {
        var answer = raw("POST /events/a HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n\u00C3(");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(history("a")).isEmpty();
    }

    @Test
    void takesTheReplacementCharacterItself() throws Exception {
        hub.publish("a", "\uFFFD");
        assertThat(history("a")).containsExactly("\uFFFD");
    }

    @Test
    void refusesALargeBodyBeforeItCame() throws Exception {
        var answer = raw("POST /events/a HTTP/1.1\r\nHost: test\r\nContent-Length: 1001\r\n\r\nx");
        assertThat(answer.status()).isEqualTo(413);
        assertThat(TestHub.json(answer.body()).get("detail").asString()).contains("1000");
        var unsent = raw("POST /events/a HTTP/1.1\r\nHost: test\r\nContent-Length: 5000000000\r\n\r\n");
        assertThat(unsent.status()).isEqualTo(413);
    }

    @Test
    void refusesALargeBodyInChunks() throws Exception {
        String chunk = "200\r\n" + "x".repeat(512) + "\r\n";
        var answer = raw("POST /events/a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
        assertThat(answer.status()).isEqualTo(413);
        assertThat(history("a")).isEmpty();
    }

    @Test
    void measuresAnEventInBytes() throws Exception {
        assertThat(hub.post("/events/a", "x".repeat(1000)).statusCode()).isEqualTo(200);
        assertThat(hub.post("/events/a", "é".repeat(501)).statusCode()).isEqualTo(413);
        String escaped = "\\u00e9".repeat(500);
        assertThat(hub.postJson("/notify", "{\"channel\":\"b\",\"data\":\"" + escaped + "\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(hub.postJson("/notify", "{\"channel\":\"b\",\"data\":\"" + escaped + "xx\"}")
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void takesABodyInChunks() throws Exception {
        try (RawConnection connection = RawConnection.to(server)) {
            connection.sendHead("POST", "/events/a", "Transfer-Encoding: chunked");
            connection.sendChunk("ab").sendChunk("cde").sendChunk("");
            assertThat(connection.answer().status()).isEqualTo(200);
        }
        assertThat(history("a")).containsExactly("abcde");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connected",
                "subscribed",
                "unsubscribed",
                "gap",
                "expired",
                "closing",
                "heartbeat",
                "open",
                "error"
            })
    void refusesTheNamesOfItsOwnEvents(String name) throws Exception {
        assertThat(hub.post("/events/a?event=" + name, "x").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"a%0Ab,400", "a%0Db,400", "a%00b,400", "%D0%BD%20x,200", "'',200"})
    void refusesNamesThatWouldBreakTheStream(String name, int status) throws Exception {
        assertThat(hub.post("/events/a?event=" + name, "x").statusCode()).isEqualTo(status);
    }

    @Test
    void countsNamesInCodePoints() throws Exception {
        String emoji = "%F0%9F%98%80";
        assertThat(hub.post("/events/a?event=" + emoji.repeat(100), "x").statusCode())
                .isEqualTo(200);
        assertThat(hub.post("/events/a?event=" + emoji.repeat(101), "x").statusCode())
                .isEqualTo(400);
    }

    @Test
    void publishesOnceForOneKey() throws Exception {
        Map<String, String> key = Map.of("Idempotency-Key", "k1");
        var first = hub.post("/events/a", "x", key);
        var second = hub.post("/events/a", "x", key);
        assertThat(TestHub.json(second).get("id")).isEqualTo(TestHub.json(first).get("id"));
        assertThat(history("a")).containsExactly("x");
        assertThat(hub.post("/events/a", "y", key).statusCode()).isEqualTo(409);
        assertThat(hub.post("/events/a?event=other", "x", key).statusCode()).isEqualTo(409);
        assertThat(hub.post("/events/b", "y", key).statusCode()).isEqualTo(200);
        assertThat(hub.post("/events/b", "y", Map.of("Idempotency-Key", "k".repeat(201)))
                        .statusCode())
                .isEqualTo(400);
        assertThat(hub.post("/events/b?keep=false", "y", key).statusCode()).isEqualTo(400);
    }

    @Test
    void publishesOnceForOneKeyWhereRequestsRace() throws Exception {
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            answers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return hub.post("/events/a", "x", Map.of("Idempotency-Key", "race"))
                            .body();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        assertThat(answers.stream().map(CompletableFuture::join).distinct()).hasSize(1);
        assertThat(history("a")).hasSize(1);
    }

    @Test
    void takesLinesOfEvents() throws Exception {
        var answer = hub.post(
                "/events",
                "{\"channel\":\"a\",\"data\":\"1\"}\r\n\n  \n{\"channel\":\"b\",\"event\":\"n\",\"data\":2}\n{\"channel\":\"a\",\"data\":[3]}",
                LINES);
        assertThat(TestHub.json(answer).get("accepted").asInt()).isEqualTo(3);
        assertThat(history("a")).containsExactly("1", "[3]");
        assertThat(TestHub.json(hub.get("/channels/a")).get("lastId"))
                .isEqualTo(TestHub.json(answer).get("lastId"));
    }

    @Test
    void answersALessRequestWithoutAnId() throws Exception {
        assertThat(hub.post("/events", "", LINES).body()).isEqualTo("{\"accepted\":0,\"lastId\":null}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{bad | 400",
                "{\"channel\":\"a b\",\"data\":1} | 400",
                "{\"channel\":\"a\"} | 400",
                "{\"channel\":\"a\",\"event\":\"error\",\"data\":1} | 400",
                "{\"channel\":\"a\",\"data\":\"LONG\"} | 413"
            })
    void publishesWhatStandsBeforeALineThatFails(String bad, int status) throws Exception {
        String good = "{\"channel\":\"a\",\"data\":1}\n";
        var answer =
                hub.post("/events", good + "\n" + good + bad.replace("LONG", "x".repeat(1001)) + "\n" + good, LINES);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(TestHub.json(answer).get("line").asInt()).isEqualTo(4);
        assertThat(history("a")).hasSize(2);
    }

    @Test
    void takesLinesAsTheyCome() throws Exception {
        try (TestStream stream = TestStream.open(server, "/events/a");
                RawConnection producer = RawConnection.to(server)) {
            stream.nextEvent();
            producer.sendHead("POST", "/events", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");
            for (int i = 0; i < 3; i++) {
                producer.sendChunk("{\"channel\":\"a\",").sendChunk("\"data\":" + i + "}\n");
                assertThat(stream.data(1)).containsExactly("" + i);
            }
            producer.sendChunk("");
            assertThat(producer.answer().body()).contains("\"accepted\":3");
        }
    }

    @Test
    void takesVeryManyLines() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            lines.append("{\"channel\":\"a\",\"data\":").append(i).append("}\n");
        }
        try (TestStream stream = TestStream.open(server, "/events/a")) {
            stream.nextEvent();
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return hub.post("/events", lines.toString(), LINES).body();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 0; i < 20_000; i++) {
                TestStream.Block event = stream.nextEvent();
                if (event.event().equals("gap")) {
                    break; // the test reads more slowly than the history forgets
                }
                assertThat(event.data()).isEqualTo("" + i);
            }
            assertThat(answer.join()).contains("\"accepted\":20000");
        }
    }

    @Test
    void refusesAKeyOnLines() throws Exception {
        var answer = hub.post("/events", "{}", Map.of("Content-Type", "application/x-ndjson", "Idempotency-Key", "k"));
        assertThat(answer.statusCode()).isEqualTo(400);
    }
}
