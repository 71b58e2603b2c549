package dev.millrace.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** Requests to a hub, by a client that knows nothing of event streams. */
final class Requests {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Requests() {}

    /** An open stream: its answer's head, its lines, and the body to close it by. */
    record Stream(HttpResponse<InputStream> head, Lines lines) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            head.body().close();
        }
    }

    static Stream listen(URI base, String address) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(address))
                .header("Accept", "text/event-stream")
                .header("Accept-Encoding", "gzip")
                .build();
        HttpResponse<InputStream> head = HTTP.send(request, BodyHandlers.ofInputStream());
        return new Stream(
                head, Lines.of(new BufferedReader(new InputStreamReader(head.body(), StandardCharsets.UTF_8))));
    }

    static HttpResponse<String> get(URI base, String address) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(base.resolve(address)).build(), BodyHandlers.ofString());
    }

    /** Publishes, with headers as name, value, name, value. */
    static HttpResponse<String> publish(URI base, String address, String data, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(base.resolve(address)).POST(BodyPublishers.ofString(data));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    /** Publishes lines of JSON as they come, in a request that stays open until they end. */
    static CompletableFuture<HttpResponse<String>> produce(URI base, Flow.Publisher<ByteBuffer> lines) {
        HttpRequest request = HttpRequest.newBuilder(base.resolve("/events"))
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.fromPublisher(lines))
                .build();
        return HTTP.sendAsync(request, BodyHandlers.ofString());
    }
}
