package dev.millrace.server.http;

import dev.millrace.http.Header;
import dev.millrace.server.auth.Standing;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;

/** What answers tell browsers about pages of other origins (Fetch standard, section 3.3, "CORS protocol"). */
final class Cors {
    private static final Header ANY = new Header("Access-Control-Allow-Origin", "*");
    private static final Header VARY = new Header("Vary", "Origin");
    private static final Header CREDENTIALS = new Header("Access-Control-Allow-Credentials", "true");
    private static final Header EXPOSED = new Header("Access-Control-Expose-Headers", "Retry-After");
    private static final List<Header> PREFLIGHT = List.of(
            new Header("Access-Control-Allow-Methods", "GET, POST, DELETE"),
            new Header(
                    "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Last-Event-ID, Cache-Control, Idempotency-Key, Accept"),
            new Header("Access-Control-Max-Age", "7200"));

    private Cors() {}

    /** The headers of every answer to a request of this standing, errors too. */
    static List<Header> headers(Standing standing, HttpHeaders request, boolean isListed) {
        return switch (standing) {
            case LISTED ->
                List.of(
                        new Header("Access-Control-Allow-Origin", request.get(HttpHeaderNames.ORIGIN, "")),
                        CREDENTIALS,
                        EXPOSED,
                        VARY);
            case ANYONE -> List.of(ANY, EXPOSED);
            case OWN, FOREIGN, NO_PAGE -> isListed ? List.of(VARY) : List.of();
        };
    }

    /** What the answer to a preflight says besides. */
    static List<Header> preflight() {
        return PREFLIGHT;
    }
}
