package dev.millrace.bench.compare;

import dev.millrace.bench.load.Dialect;
import dev.millrace.bench.load.HubDialect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server to compare with.
 *
 * @param name how it is chosen
 * @param title how tables call it
 * @param folder where its commands run
 * @param setup makes it ready to start; empty where nothing is to be made
 * @param command starts it in the foreground, on the port that the environment names in {@code PORT}
 * @param dialect how it is spoken to
 */
record Peer(String name, String title, Path folder, List<String> setup, List<String> command, Dialect dialect) {
    private static final List<String> NPM = List.of("npm", "ci", "--silent", "--no-audit", "--no-fund");

    /** All that are known, in the order of the tables, in this checkout. */
    static List<Peer> all(Path checkout, Path java) {
        Path peers = checkout.resolve("bench/peers");
        return List.of(
                new Peer(
                        "hub",
                        "Millrace (SSE)",
                        checkout,
                        List.of("./millrace", "--version"),
                        List.of("./millrace"),
                        new HubDialect()),
                node(peers, "sse", "Express (SSE)", new SseDialect()),
                node(peers, "websocket", "ws (WebSocket)", new WebSocketDialect()),
                node(peers, "long-polling", "Express (long polling)", new LongPollingDialect()),
                node(peers, "socket-io", "Socket.IO", new SocketIoDialect()),
                new Peer("nchan", "nginx with nchan", peers, List.of(), List.of("./nchan.sh"), new SseDialect()),
                java(peers, java, "vertx", "Vert.x", List.of("-cp", "target/app.jar:target/lib/*", "peer.App")),
                java(peers, java, "webflux", "Spring WebFlux", List.of("-jar", "target/app.jar")));
    }

    private static Peer node(Path peers, String name, String title, Dialect dialect) {
        return new Peer(name, title, peers.resolve("node"), NPM, List.of("node", name + ".js"), dialect);
    }

    private static Peer java(Path peers, Path java, String name, String title, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(arguments);
        return new Peer(
                name, title, peers.resolve(name), List.of("mvn", "-q", "-B", "package"), command, new SseDialect());
    }
}
