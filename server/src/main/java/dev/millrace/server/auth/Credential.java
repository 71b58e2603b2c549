package dev.millrace.server.auth;

import dev.millrace.server.auth.Unauthorized.Reason;
import java.util.List;
import java.util.Optional;

/**
 * A token as a request shows it. It never prints.
 *
 * @param isCookie whether the browser added it by itself, so that it proves nothing about which page asked
 */
public record Credential(String token, boolean isCookie) {
    /** The cookie that may hold a token. */
    public static final String COOKIE = "millrace_token";

    private static final String BEARER = "Bearer ";

    /**
     * The token of a request: of {@code Authorization: Bearer}, else of {@code ?token=}, else of the cookie. The first place that
     * has one decides, whatever the others hold.
     *
     * @param authorization the values of that header
     * @param query the decoded values of the query parameter {@code token}
     * @param cookies the values of the header {@code Cookie}
     * @throws Unauthorized if the first place has more than one
     */
    public static Optional<Credential> find(List<String> authorization, List<String> query, List<String> cookies) {
        List<String> bearer = authorization.stream()
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip())
                .toList();
        if (!bearer.isEmpty()) {
            return Optional.of(new Credential(only(bearer), false));
        }
        if (!query.isEmpty()) {
            return Optional.of(new Credential(only(query), false));
        }
        List<String> inCookies = cookies.stream()
                .flatMap(header -> List.of(header.split(";")).stream())
                .map(String::strip)
                .filter(pair -> pair.startsWith(COOKIE + "="))
                .map(pair -> pair.substring(COOKIE.length() + 1))
                .toList();
        return inCookies.isEmpty() ? Optional.empty() : Optional.of(new Credential(only(inCookies), true));
    }

    /** What stands for the token where it is counted: the same for the same token, and nothing that shows it. */
    public String fingerprint() {
        return Fingerprint.of(token);
    }

    private static String only(List<String> tokens) {
        if (tokens.size() > 1) {
            throw new Unauthorized(Reason.MALFORMED);
        }
        return tokens.get(0);
    }

    @Override
    public String toString() {
        return isCookie ? "a token in a cookie" : "a token";
    }
}
