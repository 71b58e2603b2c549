package peer;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Broadcasting with Vert.x: one event loop has all channels, and each event is encoded once. */
public final class App {
    private static final int HEARTBEAT_MILLIS = 30_000;

    private final Map<String, Channel> channels = new HashMap<>();

    private static final class Channel {
        final Set<HttpServerResponse> listeners = new LinkedHashSet<>();
        long lastId;
    }

    public static void main(String[] arguments) {
        int port = Integer.parseInt(System.getenv("PORT"));
        Vertx vertx = Vertx.vertx();
        vertx.runOnContext(started -> {
            App app = new App();
            vertx.setPeriodic(HEARTBEAT_MILLIS, timer -> app.beat());
            vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(4096))
                    .requestHandler(app::handle)
                    .listen(port, "127.0.0.1")
                    .onFailure(failure -> System.exit(1));
        });
    }

    private void beat() {
        Buffer heartbeat = Buffer.buffer(": heartbeat\n\n");
        channels.values().forEach(channel -> channel.listeners.forEach(listener -> listener.write(heartbeat)));
    }

    private void handle(HttpServerRequest request) {
        String[] path = request.path().split("/");
        Channel channel = channels.computeIfAbsent(path[2], name -> new Channel());
        if (path[1].equals("events")) {
            listen(request.response(), channel);
        } else {
            request.body().onSuccess(body -> publish(request.response(), channel, body));
        }
    }

    private static void listen(HttpServerResponse response, Channel channel) {
        response.setChunked(true).putHeader("Content-Type", "text/event-stream").putHeader("Cache-Control", "no-cache");
        response.closeHandler(closed -> channel.listeners.remove(response));
        response.exceptionHandler(failure -> channel.listeners.remove(response));
        response.write(": connected\n\n");
        channel.listeners.add(response);
    }

    private static void publish(HttpServerResponse response, Channel channel, Buffer data) {
        Buffer event = Buffer.buffer("id: " + ++channel.lastId + "\nevent: message\ndata: ")
                .appendBuffer(data)
                .appendString("\n\n");
        channel.listeners.forEach(listener -> listener.write(event));
        response.setStatusCode(204).end();
    }
}
