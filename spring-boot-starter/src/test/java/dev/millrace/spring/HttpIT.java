package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.sse.SseEvent;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** The hub's HTTP interface on the application's port; the rules themselves are tested where they live. */
class HttpIT {
    private static ConfigurableApplicationContext context;
    private static int port;
    private static Http http;

    @EnableAutoConfiguration
    static class App {
        @Bean
        AccessPolicy everything() {
            return AccessPolicy.everything();
        }
    }

    @BeforeAll
    static void start() {
        context = TestApp.run(App.class, "millrace.max-event-size=1KB");
        port = TestApp.port(context);
        http = new Http(port);
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @Test
    void publishesInEveryWay() throws Exception {
        try (TestStream stream = TestStream.open(port, "/millrace/events?channels=ways,ways%2F2&envelope=1")) {
            stream.next("connected");
            HttpResponse<String> answer = http.post("/millrace/events/ways/2?event=e", "text");
            assertThat(answer.statusCode()).isEqualTo(200);
            SseEvent event = stream.next("e");
            assertThat(event.data()).isEqualTo("{\"channel\":\"ways/2\",\"event\":\"e\",\"data\":\"text\"}");
            assertThat(answer.body()).isEqualTo("{\"id\":\"" + event.lastEventId() + "\",\"recipients\":1}");
            answer = http.postJson("/millrace/notify", "{\"channel\":\"ways\",\"event\":\"n\",\"data\":{\"a\":1}}");
            assertThat(answer.body()).startsWith("{\"success\":true,\"id\":");
            assertThat(stream.next("n").data()).contains("\"data\":{\"a\":1}");
            http.postJson("/millrace/broadcast", "{\"event\":\"all\",\"data\":\"x\"}");
            assertThat(stream.next("all").data()).contains("\"channel\":null");
        }
    }

    @Test
    void publishesABodyOfLinesUpToTheOneThatFails() throws Exception {
        String ndjson = "application/x-ndjson";
        try (TestStream stream = TestStream.open(port, "/millrace/events/lines")) {
            stream.next("connected");
            HttpResponse<String> answer = http.post(
                    "/millrace/events",
                    "{\"channel\":\"lines\",\"data\":1}\n\n{\"channel\":\"lines\",\"data\":2}",
                    "Content-Type",
                    ndjson);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).startsWith("{\"accepted\":2,\"lastId\":\"");
            answer = http.post(
                    "/millrace/events",
                    "{\"channel\":\"lines\",\"data\":3}\n{\"channel\":\"li nes\",\"data\":4}\n",
                    "Content-Type",
                    ndjson);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("\"line\":2");
            assertThat(stream.next().data()).isEqualTo("1");
            assertThat(stream.next().data()).isEqualTo("2");
            assertThat(stream.next().data()).isEqualTo("3");
        }
    }

    @Test
    void steersAndLooks() throws Exception {
        try (TestStream stream = TestStream.open(port, "/millrace/events?clientId=0123456789abcdef")) {
            stream.next("connected");
            assertThat(http.postJson(
                                    "/millrace/subscribe",
                                    "{\"clientId\":\"0123456789abcdef\",\"channel\":\"steered\"}")
                            .body())
                    .isEqualTo("{\"success\":true,\"channels\":[\"steered\"]}");
            stream.next("subscribed");
            http.post("/millrace/events/steered", "x");
            assertThat(stream.next().data()).isEqualTo("x");
            assertThat(http.get("/millrace/channels/steered/subscribers").body())
                    .contains("0123456789abcdef");
            assertThat(http.get("/millrace/channels/steered/history").body()).contains("\"data\":\"x\"");
            assertThat(http.get("/millrace/stats").body()).contains("\"totalConnections\":");
            assertThat(http.send("DELETE", "/millrace/clients/0123456789abcdef", "")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(stream.next("closing").data()).isEqualTo("{\"reason\":\"kicked\"}");
            stream.awaitEnd();
        }
    }

    @Test
    void refusesWithAProblem() throws Exception {
        assertRefused(http.get("/millrace/nothing"), 404);
        assertRefused(http.send("PUT", "/millrace/notify", ""), 405);
        assertRefused(http.post("/millrace/notify", "{}", "Content-Type", "text/plain"), 415);
        assertRefused(http.postJson("/millrace/notify", "{"), 400);
        assertRefused(http.post("/millrace/events/big", "x".repeat(1025)), 413);
        assertRefused(http.get("/millrace/events/$all", "Accept", "text/event-stream"), 400);
        assertRefused(http.get("/millrace/events/a", "Accept", "text/html"), 406);
        assertRefused(http.post("/millrace/events/a", "x", "Origin", "https://elsewhere.example"), 403);
        assertThat(http.post("/millrace/events/a", "x", "Origin", "http://localhost:" + port)
                        .statusCode())
                .isEqualTo(200);
    }

    private static void assertRefused(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        assertThat(answer.body()).contains("\"status\":" + status, "\"detail\":\"");
    }
}
