package dev.millrace.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A client of one server that asks short questions. */
final class TestHub {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final MillraceServer server;

    TestHub(MillraceServer server) {
        this.server = server;
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create(server.uri() + address));
    }

    HttpResponse<String> get(String address) throws IOException, InterruptedException {
        return send(request(address));
    }

    HttpResponse<String> delete(String address) throws IOException, InterruptedException {
        return send(request(address).DELETE());
    }

    HttpResponse<String> post(String address, String body) throws IOException, InterruptedException {
        return send(request(address).POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> post(String address, String body, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = request(address).POST(BodyPublishers.ofString(body));
        headers.forEach(request::header);
        return send(request);
    }

    HttpResponse<String> postJson(String address, String json) throws IOException, InterruptedException {
        return post(address, json, Map.of("Content-Type", "application/json"));
    }

    /** Publishes; returns the id. */
    String publish(String channel, String data) throws IOException, InterruptedException {
        HttpResponse<String> answer = post("/events/" + channel, data);
        if (answer.statusCode() != 200) {
            throw new IOException("not published: " + answer.body());
        }
        return json(answer).get("id").asString();
    }

    static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }
}
