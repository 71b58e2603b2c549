package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.auth.Expected;
import dev.millrace.server.auth.Grants;
import dev.millrace.server.auth.TokenMaker;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Looking at open streams: {@code GET /clients}, and why one was given an event or was not. */
class ClientsIT {
    private static final String ID = "the-client-of-this-test";

    private final MillraceServer server = MillraceServer.builder().port(0).start();
    private final TestHub hub = new TestHub(server);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tellsHowAStreamStands() throws Exception {
        try (TestStream stream = TestStream.open(server, "/events?channels=a,b/*&clientId=" + ID)) {
            stream.nextEvent();
            hub.publish("a", "x".repeat(1000));
            stream.nextEvent();
            JsonNode client = onlyClient();
            assertThat(client.get("clientId").asString()).isEqualTo(ID);
            assertThat(client.get("channels")).hasToString("[\"a\",\"b/*\"]");
            assertThat(client.get("protocol").asString()).isEqualTo("HTTP/1.1");
            assertThat(client.get("lag").asLong()).isZero();
            assertThat(client.get("bytes").asLong()).isBetween(1000L, 2000L);
            assertThat(client.get("drained").asBoolean()).isTrue();
            assertThat(client.get("connectedAt").asLong()).isGreaterThan(1_700_000_000_000L);
            assertThat(client.get("wroteAt").asLong())
                    .isGreaterThanOrEqualTo(client.get("connectedAt").asLong());
            assertThat(client.has("user")).isFalse();
            assertThat(client.has("node")).isFalse();
        }
        await().until(() -> TestHub.json(hub.get("/clients")).get("clients").isEmpty());
    }

    @Test
    void listsThemInPages() throws Exception {
        List<TestStream> open = new ArrayList<>();
        try {
            for (int i = 0; i < 7; i++) {
                open.add(TestStream.open(server, "/events/" + (i < 3 ? "few" : "many")));
            }
            Set<String> ids = new HashSet<>();
            String after = "";
            int pages = 0;
            for (boolean isMore = true; isMore; pages++) {
                JsonNode page = TestHub.json(hub.get("/clients?limit=3" + after));
                page.get("clients")
                        .forEach(client -> ids.add(client.get("clientId").asString()));
                isMore = page.has("next");
                after = isMore ? "&after=" + page.get("next").asString() : "";
            }
            assertThat(ids).hasSize(7);
            assertThat(pages).isEqualTo(3);
            assertThat(TestHub.json(hub.get("/clients?channel=few")).get("clients"))
                    .hasSize(3);
            assertThat(TestHub.json(hub.get("/clients?user=anna")).get("clients"))
                    .isEmpty();
            assertThat(hub.get("/clients?after=%20").statusCode()).isEqualTo(400);
        } finally {
            for (TestStream stream : open) {
                stream.close();
            }
        }
    }

    @Test
    void explainsWhyAClientGotAnEventOrDidNot() throws Exception {
        String before = hub.publish("a", "0");
        try (TestStream stream = TestStream.open(server, "/events/a?clientId=" + ID)) {
            stream.nextEvent();
            hub.post("/events/a?event=status", "1");
            String got = stream.nextEvent().id();
            String other = hub.publish("other", "2");

            JsonNode written = explain(got);
            assertThat(written.get("outcome").asString()).isEqualTo("written");
            assertThat(written.get("matched").asBoolean()).isTrue();
            assertThat(written.get("authorised").asBoolean()).isTrue();
            assertThat(written.get("written").asBoolean()).isTrue();
            assertThat(written.get("writtenAfter").asLong())
                    .isEqualTo(written.get("event").get("time").asLong());
            assertThat(written.get("writtenBefore").asLong())
                    .isGreaterThanOrEqualTo(written.get("writtenAfter").asLong());
            assertThat(written.get("event").get("event").asString()).isEqualTo("status");
            assertThat(written.get("client").get("clientId").asString()).isEqualTo(ID);

            JsonNode unmatched = explain(other);
            assertThat(unmatched.get("outcome").asString()).isEqualTo("not-matched");
            assertThat(unmatched.get("authorised").isNull()).isTrue();
            assertThat(unmatched.get("reason").asString()).contains("did not listen to other");
            assertThat(explain(before).get("outcome").asString()).isEqualTo("began-later");
            assertThat(explain("nonsense").get("outcome").asString()).isEqualTo("unknown-event");
        }
    }

    @Test
    void saysWhatItCannotExplain() throws Exception {
        var unknown = hub.get("/clients/" + ID + "/explain?event=x-1");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(TestHub.json(unknown).get("detail").asString()).contains("no stream with this clientId is open");
        try (TestStream stream = TestStream.open(server, "/events/a?clientId=" + ID)) {
            stream.nextEvent();
            assertThat(hub.get("/clients/" + ID + "/explain").statusCode()).isEqualTo(400);
            assertThat(hub.post("/clients/" + ID + "/explain", "").statusCode()).isEqualTo(405);
        }
    }

    @Test
    void isForAdmins() throws Exception {
        String secret = "a secret of at least thirty-two bytes";
        try (MillraceServer closed =
                MillraceServer.builder().port(0).jwtSecret(secret).start()) {
            TestHub guarded = new TestHub(closed);
            TokenMaker maker = new TokenMaker(secret, new Expected("", "", Set.of()), Clock.systemUTC());
            for (boolean isAdmin : new boolean[] {false, true}) {
                Grants grants = new Grants(Optional.of("anna"), Optional.empty(), Set.of("a"), Set.of(), isAdmin);
                Map<String, String> bearer = Map.of("Authorization", "Bearer " + maker.make(grants));
                try (TestStream stream = TestStream.open(closed, "/events/a?clientId=" + ID, bearer)) {
                    stream.nextEvent();
                    for (String address : List.of("/clients", "/clients/" + ID + "/explain?event=x-1")) {
                        assertThat(guarded.get(address).statusCode()).isEqualTo(401);
                        var request = guarded.request(address);
                        bearer.forEach(request::header);
                        var answer = guarded.send(request);
                        assertThat(answer.statusCode()).isEqualTo(isAdmin ? 200 : 403);
                        assertThat(answer.body().contains("\"user\":\"anna\"")).isEqualTo(isAdmin);
                    }
                }
            }
        }
    }

    private JsonNode explain(String id) throws Exception {
        var answer = hub.get("/clients/" + ID + "/explain?event=" + id);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestHub.json(answer);
    }

    private JsonNode onlyClient() throws Exception {
        JsonNode clients = TestHub.json(hub.get("/clients")).get("clients");
        assertThat(clients).hasSize(1);
        return clients.get(0);
    }
}
