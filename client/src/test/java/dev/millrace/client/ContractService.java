package dev.millrace.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The client as the public cross-language harness "sse-contract-tests" drives it, over REST: {@code POST /} opens a stream,
 * whose events go to the harness by callbacks. Run it with a port, then the harness with {@code --url http://localhost:PORT}.
 */
final class ContractService implements AutoCloseable {

    private static final String CAPABILITIES = """
            {"name":"millrace-client","capabilities":["bom","comments","headers","last-event-id",\
            "payload-size-stress-testable","post","read-timeout","report","restart"]}""";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CALLBACKS =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final HttpServer server;
    private final Map<String, EventStream> streams = new ConcurrentHashMap<>();
    private final AtomicInteger opened = new AtomicInteger();

    ContractService(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::handle);
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "contract-service");
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
    }

    public static void main(String[] args) throws Exception {
        ContractService service = new ContractService(args.length > 0 ? Integer.parseInt(args[0]) : 8000);
        System.out.println("The test service listens on " + service.uri());
        Thread.currentThread().join();
    }

    URI uri() {
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            route(exchange, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void route(HttpExchange exchange, String body) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try {
            switch (exchange.getRequestMethod() + (path.equals("/") ? " /" : " stream")) {
                case "GET /" -> answer(exchange, 200, CAPABILITIES);
                case "POST /" -> open(exchange, JSON.readTree(body));
                case "DELETE /" -> quit(exchange);
                case "POST stream" -> answer(exchange, command(path, JSON.readTree(body)), "");
                case "DELETE stream" -> answer(exchange, end(path), "");
                default -> answer(exchange, 405, "");
            }
        } catch (JacksonException | IllegalArgumentException e) {
            answer(exchange, 400, String.valueOf(e.getMessage()));
        }
    }

    private void open(HttpExchange exchange, JsonNode asked) throws IOException {
        EventStream stream = stream(asked);
        String path = "/streams/" + opened.incrementAndGet();
        streams.put(path, stream);
        stream.listen(new Callbacks(asked.required("callbackUrl").asString()));
        exchange.getResponseHeaders().set("Location", uri().resolve(path).toString());
        answer(exchange, 201, "");
    }

    private static EventStream stream(JsonNode asked) {
        Duration delay = Duration.ofMillis(asked.path("initialDelayMs").asLong(1000));
        String url = asked.path("streamUrl").asString(asked.path("url").asString(""));
        return EventStream.builder(URI.create(url))
                .comments(true)
                .backoff(delay, delay.plusSeconds(30))
                .silence(Duration.ofMillis(asked.path("readTimeoutMs").asLong(0)))
                .lastEventId(asked.path("lastEventId").asString(""))
                .request(request -> withAdditions(request, asked))
                .open();
    }

    private static HttpRequest.Builder withAdditions(HttpRequest.Builder request, JsonNode asked) {
        asked.path("headers")
                .properties()
                .forEach(header ->
                        request.setHeader(header.getKey(), header.getValue().asString()));
        String method = asked.path("method").asString("");
        return method.isEmpty()
                ? request
                : request.method(
                        method, BodyPublishers.ofString(asked.path("body").asString("")));
    }

    private int command(String path, JsonNode command) {
        EventStream stream = streams.get(path);
        if (stream == null) {
            return 404;
        }
        switch (command.path("command").asString("")) {
            case "restart" -> stream.restart();
            case "listen" -> {}
            default -> {
                return 400;
            }
        }
        return 202;
    }

    private int end(String path) {
        EventStream stream = streams.remove(path);
        if (stream == null) {
            return 404;
        }
        stream.close();
        return 204;
    }

    private void quit(HttpExchange exchange) throws IOException {
        answer(exchange, 204, "");
        close();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        streams.values().forEach(EventStream::close);
        server.stop(0);
    }

    /** Posts each value to the harness, numbered from 1. */
    private static final class Callbacks implements EventListener {
        private final String url;
        private int sent;

        Callbacks(String url) {
            this.url = url;
        }

        @Override
        public void onMessage(StreamEvent.Message message) {
            Map<String, String> event = new LinkedHashMap<>();
            event.put("type", message.name());
            event.put("data", message.data());
            event.put("id", message.lastEventId());
            post(Map.of("kind", "event", "event", event));
        }

        @Override
        public void onComment(StreamEvent.Comment comment) {
            post(Map.of("kind", "comment", "comment", comment.text()));
        }

        @Override
        public void onFault(StreamEvent.Fault fault) {
            String cause = String.valueOf(fault.cause().getMessage());
            post(Map.of("kind", "error", "error", cause, "comment", cause));
        }

        private void post(Map<String, ?> message) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/" + ++sent))
                    .timeout(Duration.ofSeconds(10))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(JSON.writeValueAsString(message)))
                    .build();
            try {
                CALLBACKS.send(request, BodyHandlers.discarding());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
