package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.client.ScriptedServer.Exchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The test service, driven as the harness does: by its REST protocol, with a stream to read and a place for callbacks. */
@Timeout(30)
class ContractServiceIT {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private ContractService service;
    private ScriptedServer events;
    private ScriptedServer callbacks;
    private int received;

    @BeforeEach
    void start() throws IOException {
        service = new ContractService(0);
        events = new ScriptedServer();
        callbacks = new ScriptedServer();
    }

    @AfterEach
    void stop() throws IOException {
        service.close();
        events.close();
        callbacks.close();
    }

    @Test
    void tellsWhatItCanDo() throws Exception {
        HttpResponse<String> info = call("GET", service.uri(), "");
        assertThat(info.statusCode()).isEqualTo(200);
        assertThat(new ObjectMapper().readTree(info.body()).required("capabilities"))
                .extracting(JsonNode::asString)
                .contains("comments", "headers", "last-event-id", "post", "read-timeout", "restart");
    }

    @Test
    void callsBackWithEachEventCommentAndErrorInOrder() throws Exception {
        URI stream = open("\"initialDelayMs\":0,\"lastEventId\":\"abc\",\"headers\":{\"x-one\":\"1\"}");
        Exchange request = events.take();
        assertThat(request.header("last-event-id")).isEqualTo("abc");
        assertThat(request.header("x-one")).isEqualTo("1");
        request.stream("data: first\n\n:hello\nid: 5\nevent: greeting\ndata: \u20AC\n\n");
        assertThat(event()).isEqualTo("message/first/abc");
        assertThat(callback().required("comment").asString()).isEqualTo("hello");
        assertThat(event()).isEqualTo("greeting/\u20AC/5");
        request.end();
        assertThat(callback().required("kind").asString()).isEqualTo("error");
        assertThat(events.take().header("last-event-id")).isEqualTo("5");
        assertThat(call("DELETE", stream, "").statusCode()).isEqualTo(204);
        assertThat(call("DELETE", stream, "").statusCode()).isEqualTo(404);
    }

    @Test
    void restartsWithoutAnError() throws Exception {
        URI stream = open("\"initialDelayMs\":0");
        events.take().stream("data: Hello\n\n");
        assertThat(event()).isEqualTo("message/Hello/");
        assertThat(call("POST", stream, "{\"command\":\"restart\"}").statusCode())
                .isEqualTo(202);
        events.take().stream("data: Thanks\n\n");
        assertThat(event()).isEqualTo("message/Thanks/");
        assertThat(call("POST", stream, "{\"command\":\"dance\"}").statusCode()).isEqualTo(400);
    }

    @Test
    void tellsSilenceAsAnErrorAndConnectsAgain() throws Exception {
        open("\"initialDelayMs\":0,\"readTimeoutMs\":300");
        events.take().stream("data: Hello\n\n");
        assertThat(event()).isEqualTo("message/Hello/");
        assertThat(callback().required("kind").asString()).isEqualTo("error");
        events.take();
    }

    @Test
    void sendsTheMethodAndTheBodyOnEveryConnect() throws Exception {
        open(
                "\"initialDelayMs\":0,\"method\":\"REPORT\",\"body\":\"{}\",\"headers\":{\"content-type\":\"application/json\"}");
        for (int i = 0; i < 2; i++) {
            Exchange request = events.take();
            assertThat(request.method() + request.body() + request.header("content-type"))
                    .isEqualTo("REPORT{}application/json");
            request.stream("data: " + i + "\n\n").end();
            assertThat(event()).isEqualTo("message/" + i + "/");
            assertThat(callback().required("kind").asString()).isEqualTo("error");
        }
    }

    @Test
    void deliversOneMebibyteAsOneEvent() throws Exception {
        open("\"initialDelayMs\":0");
        String data = "x".repeat(1 << 20);
        events.take().stream("data: " + data + "\n\n");
        assertThat(event()).isEqualTo("message/" + data + "/");
    }

    @Test
    void refusesWhatItDoesNotUnderstand() throws Exception {
        assertThat(call("POST", service.uri(), "{").statusCode()).isEqualTo(400);
        assertThat(call("POST", service.uri(), "{\"streamUrl\":\"x\",\"callbackUrl\":\"y\"}")
                        .statusCode())
                .isEqualTo(400);
    }

    private URI open(String options) throws Exception {
        String body = "{\"tag\":\"t\",\"streamUrl\":\"" + events.uri("/stream") + "\",\"callbackUrl\":\""
                + callbacks.uri("/callbacks") + "\"," + options + "}";
        HttpResponse<String> created = call("POST", service.uri(), body);
        assertThat(created.statusCode()).isEqualTo(201);
        return URI.create(created.headers().firstValue("Location").orElseThrow());
    }

    private JsonNode callback() throws Exception {
        Exchange request = callbacks.take();
        assertThat(request.target()).isEqualTo("/callbacks/" + ++received);
        request.answer(202, "", "");
        return new ObjectMapper().readTree(request.body());
    }

    private String event() throws Exception {
        JsonNode event = callback().required("event");
        return event.required("type").asString() + "/" + event.required("data").asString() + "/"
                + event.required("id").asString();
    }

    private static HttpResponse<String> call(String method, URI uri, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }
}
