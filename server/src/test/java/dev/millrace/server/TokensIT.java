package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Grants;
import dev.millrace.server.auth.TokenMaker;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens over HTTP, and what becomes of running streams. */
class TokensIT {
    private static final String SECRET = "a secret of at least thirty-two bytes";

    private MillraceServer server;
    private TestHub hub;

    @BeforeEach
    void start() throws Exception {
        server = MillraceServer.builder()
                .port(0)
                .jwtSecret(SECRET)
                .publicChannels("open/*")
                .corsOrigin("https://app.example")
                .start();
        hub = new TestHub(server);
    }

    @AfterEach
    void stop() {
        server.close();
        server.close(); // a second time does nothing
    }

    // ---- who may ----

    @Test
    void asksForATokenBeforeAnythingElse() throws Exception {
        for (HttpResponse<String> answer :
                List.of(hub.get("/events/a"), hub.post("/events/a", "x"), hub.get("/stats"), hub.get("/channels"))) {
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate").orElse(""))
                    .startsWith("Bearer");
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
        assertThat(hub.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(hub.get("/readyz").statusCode()).isEqualTo(200);
        assertThat(hub.get("/").statusCode()).isEqualTo(200);
    }

    @Test
    void grantsWhatTheTokenSaysAndNoMore() throws Exception {
        String token = token("anna", Set.of("orders/*"), Set.of("chat/1"), false, 60);
        TestStream.open(server, "/events?channels=orders/1,user:anna", bearer(token))
                .close();
        TestStream.open(server, "/events/open/1", Map.of()).close();
        for (String channel : new String[] {"chat/1", "user:bert", "*", "order*"}) {
            assertThat(status("/events?channels=" + channel, token)).as(channel).isEqualTo(403);
        }
        assertThat(post("/events/chat/1", "x", token).statusCode()).isEqualTo(200);
        assertThat(post("/events/orders/1", "x", token).statusCode()).isEqualTo(403);
        assertThat(hub.post("/broadcast", "{\"data\":1}", json(token)).statusCode())
                .isEqualTo(403);
        assertThat(status("/stats", token)).isEqualTo(403);
        assertThat(status("/stats", admin())).isEqualTo(200);
    }

    @Test
    void takesATokenFromTheHeaderTheAddressAndTheCookieInThisOrder() throws Exception {
        String good = token("anna", Set.of("a"), Set.of(), false, 60);
        TestStream.open(server, "/events/a?token=" + good).close();
        TestStream.open(server, "/events/a", Map.of("Cookie", "x=y; millrace_token=" + good))
                .close();
        TestStream.open(server, "/events/a?token=bad", bearer(good)).close();
        assertThat(hub.send(hub.request("/events/a?token=" + good).header("Authorization", "Bearer bad"))
                        .statusCode())
                .isEqualTo(401);
        assertThat(hub.send(hub.request("/events/a?token=bad").header("Cookie", "millrace_token=" + good))
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void letsNoCookieActFromAForeignOrigin() throws Exception {
        String token = token("anna", Set.of("a"), Set.of("a"), false, 60);
        Map<String, String> foreign = Map.of("Cookie", "millrace_token=" + token, "Origin", "https://evil.example");
        assertThat(hub.post("/events/a", "x", foreign).statusCode()).isEqualTo(403);
        assertThat(hub.send(hub.request("/events/a")
                                .header("Cookie", "millrace_token=" + token)
                                .header("Origin", "https://evil.example"))
                        .statusCode())
                .isEqualTo(403);
        Map<String, String> listed = Map.of("Cookie", "millrace_token=" + token, "Origin", "https://app.example");
        HttpResponse<String> allowed = hub.post("/events/a", "x", listed);
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin")).hasValue("https://app.example");
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Credentials"))
                .hasValue("true");
    }

    @Test
    void showsNoSecretInItsErrors() throws Exception {
        String token = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LXBheWxvYWQ.c2lnbmF0dXJl";
        HttpResponse<String> answer = hub.get("/events/a?token=" + token);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).doesNotContain("c2VjcmV0", token, SECRET);
    }

    // ---- running streams ----

    @Test
    void endsAStreamWhenItsTokenExpires() throws Exception {
        Instant begin = Instant.now();
        try (TestStream stream =
                TestStream.open(server, "/events/a", bearer(token("anna", Set.of("a"), Set.of(), false, 2)))) {
            clientId(stream);
            TestStream.Block last = until(stream, "expired");
            assertThat(last.event()).isEqualTo("expired");
            assertThat(Instant.now()).isBetween(begin.plusSeconds(1), begin.plusSeconds(5));
            assertThat(stream.rest()).allMatch(block -> block.event().isEmpty());
        }
    }

    @Test
    void goesOnWithAFreshTokenAndTakesAwayWhatItNoLongerGrants() throws Exception {
        String first = token("anna", Set.of("a", "b"), Set.of(), false, 3);
        try (TestStream stream = TestStream.open(server, "/events?channels=a,b", bearer(first))) {
            String id = clientId(stream);
            String fresh = token("anna", Set.of("a"), Set.of(), false, 60);
            assertThat(post("/clients/" + id + "/token", "", token("bert", Set.of("a"), Set.of(), false, 60))
                            .statusCode())
                    .isEqualTo(403);
            HttpResponse<String> renewed = post("/clients/" + id + "/token", "", fresh);
            assertThat(renewed.statusCode()).isEqualTo(200);
            assertThat(TestHub.json(renewed).get("channels").toString()).isEqualTo("[\"a\"]");
            assertThat(until(stream, "unsubscribed").data()).isEqualTo("{\"channel\":\"b\"}");

            long end = System.nanoTime() + 4_000_000_000L;
            while (System.nanoTime() < end) {
                Thread.onSpinWait(); // beyond the first token's end
            }
            server.hub().publish("b", "secret");
            server.hub().publish("a", "still here");
            assertThat(stream.nextEvent().data()).isEqualTo("still here");
        }
    }

    @Test
    void letsOnlyTheStreamsOwnUserSteerIt() throws Exception {
        String anna = token("anna", Set.of("*"), Set.of(), false, 60);
        try (TestStream stream = TestStream.open(server, "/events/a", bearer(anna))) {
            String steer = "{\"clientId\":\"" + clientId(stream) + "\",\"channel\":\"b\"}";
            assertThat(hub.post("/subscribe", steer, json(token("bert", Set.of("*"), Set.of(), false, 60)))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(hub.post("/subscribe", steer, json(token("anna", Set.of("a"), Set.of(), false, 60)))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(hub.post("/subscribe", steer, json(anna)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void kicksAUserWithinASecond() throws Exception {
        String anna = token("anna", Set.of("*"), Set.of(), false, 60);
        try (TestStream one = TestStream.open(server, "/events/a", bearer(anna));
                TestStream two = TestStream.open(server, "/events/b", bearer(anna))) {
            clientId(one);
            clientId(two);
            assertThat(hub.send(hub.request("/clients?user=anna").DELETE().header("Authorization", "Bearer " + anna))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(hub.send(hub.request("/clients?user=anna").DELETE().header("Authorization", "Bearer " + admin()))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(until(one, "closing").data()).isEqualTo("{\"reason\":\"kicked\"}");
            assertThat(until(two, "closing").data()).isEqualTo("{\"reason\":\"kicked\"}");
        }
    }

    @Test
    void refusesAnotherSubjectsClientId() throws Exception {
        String path = "/events/a?clientId=a-client-id-of-anna";
        try (TestStream own = TestStream.open(server, path, bearer(token("anna", Set.of("*"), Set.of(), false, 60)))) {
            clientId(own);
            assertThat(status(path, token("bert", Set.of("*"), Set.of(), false, 60)))
                    .isEqualTo(409);
        }
    }

    @Test
    void givesIdsThatNobodyCanGuess() throws Exception {
        byte[] ones = new byte[18];
        byte[] zeros = new byte[18];
        for (int i = 0; i < 64; i++) {
            try (TestStream stream = TestStream.open(server, "/events/a", bearer(admin()))) {
                byte[] id = Base64.getUrlDecoder().decode(clientId(stream));
                assertThat(id).hasSize(18);
                for (int at = 0; at < id.length; at++) {
                    ones[at] |= id[at];
                    zeros[at] |= (byte) ~id[at];
                }
            }
        }
        assertThat(ones).containsOnly(0xff); // every bit is now 1, now 0
        assertThat(zeros).containsOnly(0xff);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/channels/a/subscribers",
                "/channels/a/history",
                "/channels/a",
                "/channels",
                "/clients",
                "/stats",
                "/metrics"
            })
    void showsWhoListensAndWhatIsKeptToAdminsAlone(String page) throws Exception {
        assertThat(hub.get(page).statusCode()).isEqualTo(401);
        assertThat(status(page, token("anna", Set.of("*"), Set.of("*"), false, 60)))
                .isEqualTo(403);
        assertThat(status(page, admin())).isEqualTo(200);
    }

    @Test
    void refusesWeakSecretsAndAnyOriginWithCredentials() {
        assertThatThrownBy(() ->
                        MillraceServer.builder().port(0).jwtSecret("short").start())
                .hasMessageContaining("32");
        assertThatThrownBy(() -> MillraceServer.builder()
                        .port(0)
                        .corsOrigin("*", "https://a.example")
                        .start())
                .hasMessageContaining("*");
    }

    private static String clientId(TestStream stream) throws Exception {
        return TestHub.json(until(stream, "connected").data()).get("clientId").asString();
    }

    private static TestStream.Block until(TestStream stream, String event) throws Exception {
        TestStream.Block block = stream.nextEvent();
        while (!block.event().equals(event)) {
            block = stream.nextEvent();
        }
        return block;
    }

    private String admin() {
        return token("root", Set.of(), Set.of(), true, 60);
    }

    private static String token(String user, Set<String> subscribe, Set<String> publish, boolean admin, int seconds) {
        return new TokenMaker(SECRET, new Expected("", "", Set.of()), Clock.systemUTC())
                .make(new Grants(
                        Optional.of(user), Optional.of(Instant.now().plusSeconds(seconds)), subscribe, publish, admin));
    }

    private static Map<String, String> bearer(String token) {
        return Map.of("Authorization", "Bearer " + token);
    }

    private static Map<String, String> json(String token) {
        return Map.of("Authorization", "Bearer " + token, "Content-Type", "application/json");
    }

    private HttpResponse<String> post(String address, String body, String token) throws Exception {
        return hub.post(address, body, bearer(token));
    }

    private int status(String address, String token) throws Exception {
        return hub.send(hub.request(address).header("Authorization", "Bearer " + token))
                .statusCode();
    }
}
