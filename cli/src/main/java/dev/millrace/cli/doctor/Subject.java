package dev.millrace.cli.doctor;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * What is examined.
 *
 * @param hub where the hub is said to be; ends in a slash
 * @param token sent with what needs one
 * @param channel a channel that may be listened to and published on; nothing that is published there is kept
 * @param origin the origin of a page that is to use the hub
 * @param idle how long a silent stream is watched; zero for not at all
 * @param isTrusting whether a certificate that is not trusted is to be passed over
 */
public record Subject(
        URI hub, Optional<String> token, String channel, Optional<String> origin, Duration idle, boolean isTrusting) {
    static final Duration PATIENCE = Duration.ofSeconds(10);

    boolean isSecure() {
        return "https".equalsIgnoreCase(hub.getScheme());
    }

    String host() {
        return hub.getHost().replaceAll("[\\[\\]]", "");
    }

    int port() {
        return hub.getPort() >= 0 ? hub.getPort() : isSecure() ? 443 : 80;
    }

    boolean isLocal() {
        return host().equals("localhost") || host().startsWith("127.") || host().equals("::1");
    }

    /** A request without the token. */
    HttpRequest.Builder plain(String path) {
        return HttpRequest.newBuilder(URI.create(hub + path)).timeout(PATIENCE);
    }

    /** A request with the token, where there is one. */
    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = plain(path);
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }

    /** A request for a stream, as a browser makes it. */
    HttpRequest.Builder stream() {
        return request("events?channel=" + URLEncoder.encode(channel, StandardCharsets.UTF_8))
                .header("Accept", "text/event-stream")
                .header("Accept-Encoding", "gzip, deflate, br, zstd")
                .header("Cache-Control", "no-cache");
    }

    /** Where an event is published that is not kept. */
    HttpRequest.Builder publish(String data) {
        String path = URLEncoder.encode(channel, StandardCharsets.UTF_8).replace("+", "%20");
        return request("events/" + path + "?keep=false&event=doctor").POST(HttpRequest.BodyPublishers.ofString(data));
    }
}
