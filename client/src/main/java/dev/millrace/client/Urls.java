package dev.millrace.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;

/** The hub's addresses. Source: RFC 3986. */
final class Urls {

    private static final String UNRESERVED = "-._~/";

    private Urls() {}

    /** The address of a channel: its name is the rest of the path. */
    static URI channel(URI hub, String channel) {
        StringBuilder path = new StringBuilder("events/");
        for (byte b : channel.getBytes(UTF_8)) {
            if (b >= 0 && (Character.isLetterOrDigit(b) || UNRESERVED.indexOf(b) >= 0)) {
                path.append((char) b);
            } else {
                path.append(String.format("%%%02X", b & 0xFF));
            }
        }
        return below(hub, path.toString());
    }

    /** A path below the hub's own address, which may have one. */
    static URI below(URI hub, String path) {
        String base = hub.toString();
        return URI.create(base.endsWith("/") ? base + path : base + "/" + path);
    }

    static URI withQuery(URI uri, String name, String value) {
        String query = name + "=" + URLEncoder.encode(value, UTF_8);
        return URI.create(uri + (uri.getRawQuery() == null ? "?" : "&") + query);
    }
}
