package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.redis.RedisServer;
import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Grants;
import dev.millrace.server.auth.TokenMaker;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The section "Steering a live stream", asked of another node than the one that holds the stream. */
class SteeringNodesIT {
    private static final String SECRET = "a secret of at least thirty-two bytes";
    private static final String ID = "a-client-id-of-anna";

    private RedisServer redis;
    private MillraceServer holding;
    private MillraceServer other;
    private TestHub hub;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        holding = node();
        other = node();
        hub = new TestHub(other);
        await().until(() -> kick("nobody-has-this-client-id").statusCode() == 404);
    }

    private MillraceServer node() {
        return MillraceServer.builder()
                .port(0)
                .jwtSecret(SECRET)
                .heartbeat(Duration.ofSeconds(1))
                .redisUrl(redis.url())
                .start();
    }

    @AfterEach
    void stop() {
        if (holding != null) {
            holding.close();
            other.close();
        }
        redis.close();
    }

    private static String token(String user, Set<String> subscribe, boolean admin) {
        Grants grants =
                new Grants(Optional.of(user), Optional.of(Instant.now().plusSeconds(60)), subscribe, Set.of(), admin);
        return new TokenMaker(SECRET, new Expected("", "", Set.of()), Clock.systemUTC()).make(grants);
    }

    private static final String ANNA = token("anna", Set.of("*"), false);
    private static final String BERT = token("bert", Set.of("*"), false);
    private static final String ADMIN = token("root", Set.of(), true);

    private TestStream open(MillraceServer on) throws IOException {
        TestStream stream =
                TestStream.open(on, "/events?channels=a,b&clientId=" + ID, Map.of("Authorization", "Bearer " + ANNA));
        assertThat(stream.nextEvent().event()).isEqualTo("connected");
        return stream;
    }

    private HttpResponse<String> post(String address, String body, String token) throws Exception {
        return hub.send(hub.request(address)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> kick(String id) throws Exception {
        return hub.send(hub.request("/clients/" + id).DELETE().header("Authorization", "Bearer " + ADMIN));
    }

    private static String body(String channel) {
        return "{\"clientId\":\"" + ID + "\",\"channel\":\"" + channel + "\"}";
    }

    private static TestStream.Block until(TestStream stream, String event) throws IOException {
        TestStream.Block block = stream.nextEvent();
        while (!block.event().equals(event)) {
            block = stream.nextEvent();
        }
        return block;
    }

    @Test
    void answersAsTheHoldingNodeDoes() throws Exception {
        try (TestStream stream = open(holding)) {
            assertThat(post("/subscribe", body("c"), ANNA).body())
                    .isEqualTo("{\"success\":true,\"channels\":[\"a\",\"b\",\"c\"]}");
            assertThat(until(stream, "subscribed").data()).isEqualTo("{\"channel\":\"c\"}");
            assertThat(post("/unsubscribe", body("b"), ANNA).body())
                    .isEqualTo("{\"success\":true,\"channels\":[\"a\",\"c\"]}");
            assertThat(post("/clients/" + ID + "/events?event=direct", "hello\nyou", ANNA)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(until(stream, "direct").data()).isEqualTo("hello\nyou");
            String fresh = token("anna", Set.of("a"), false);
            assertThat(post("/clients/" + ID + "/token", "", fresh).body())
                    .isEqualTo("{\"success\":true,\"channels\":[\"a\"]}");
            assertThat(kick(ID).statusCode()).isEqualTo(200);
            assertThat(until(stream, "closing").data()).isEqualTo("{\"reason\":\"kicked\"}");
        }
        await().until(() -> kick(ID).statusCode() == 404);
    }

    @Test
    void letsNobodySteerAnothersStream() throws Exception {
        try (TestStream stream = open(holding)) {
            assertThat(post("/subscribe", body("c"), BERT).statusCode()).isEqualTo(403);
            assertThat(post("/unsubscribe", body("a"), BERT).statusCode()).isEqualTo(403);
            assertThat(post("/clients/" + ID + "/events", "x", BERT).statusCode())
                    .isEqualTo(403);
            assertThat(post("/clients/" + ID + "/token", "", BERT).statusCode()).isEqualTo(403);
            String narrow = token("anna", Set.of("a"), false);
            assertThat(post("/subscribe", body("secret"), narrow).statusCode()).isEqualTo(403);
            holding.hub().publish("a", "all that came");
            assertThat(stream.nextEvent().data()).isEqualTo("all that came");
        }
    }

    @Test
    void knowsWhatIsWrongBeforeWhoIsMeant() throws Exception {
        assertThat(post("/subscribe", body("$x"), ANNA).statusCode()).isEqualTo(400);
        assertThat(post("/subscribe", body("a"), ANNA).statusCode()).isEqualTo(404);
        assertThat(post("/clients/" + ID + "/events", "x", ANNA).statusCode()).isEqualTo(404);
        assertThat(post("/clients/" + ID + "/token", "", ANNA).statusCode()).isEqualTo(404);
    }

    @Test
    void replacesTheStreamOfAClientThatComesBackElsewhere() throws Exception {
        try (TestStream old = open(holding);
                TestStream now = open(other)) {
            assertThat(until(old, "closing").data()).isEqualTo("{\"reason\":\"replaced\"}");
            holding.hub().publish("a", "1");
            assertThat(now.nextEvent().data()).isEqualTo("1");
            HttpResponse<String> refused = hub.send(hub.request("/events/a?clientId=" + ID)
                    .header("Authorization", "Bearer " + BERT)
                    .header("Accept", "text/event-stream"));
            assertThat(refused.statusCode()).isEqualTo(409);
        }
    }

    @Test
    void saysThatItCanNotKnowWhileRedisIsAway() throws Exception {
        try (TestStream stream = open(holding)) {
            redis.kill();
            long begun = System.nanoTime();
            HttpResponse<String> answer = post("/subscribe", body("c"), ANNA);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("not every node has answered");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            assertThat(stream.next().lines()).as("a heartbeat").allMatch(line -> line.startsWith(":"));
        }
    }

    @Test
    void beginsAStreamWithASignOfLifeWhileRedisIsAway() throws Exception {
        holding.hub().publish("a", "1").toCompletableFuture().join();
        try (MillraceServer fresh = node()) { // nothing in its memory: it has to ask Redis
            redis.freeze();
            Map<String, String> resume = Map.of("Authorization", "Bearer " + ANNA, "Last-Event-ID", "1-0");
            try (TestStream stream = TestStream.open(fresh, "/events/a", resume)) {
                assertThat(stream.next().lines()).as("a heartbeat").allMatch(line -> line.startsWith(":"));
                assertThat(stream.next().lines()).as("another").allMatch(line -> line.startsWith(":"));
                redis.thaw();
                assertThat(until(stream, "connected").data()).contains("\"resumed\":false");
                assertThat(until(stream, "gap").data()).contains("\"channel\":\"a\"");
                assertThat(until(stream, "").data()).isEqualTo("1");
            }
        }
    }
}
