package dev.millrace.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How requests reach the hub: through which HTTP client, with which token and which additions of the application's.
 *
 * @param tokens where tokens come from, if the hub wants them
 * @param additions what the application adds to each request: headers, a method, a body
 */
record Access(HttpClient http, Optional<TokenSource> tokens, UnaryOperator<HttpRequest.Builder> additions) {

    /** How long the hub may take to accept a connection, and then to answer. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    static Access open() {
        return new Access(Shared.HTTP, Optional.empty(), UnaryOperator.identity());
    }

    Access {
        if (http.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException(
                    "httpClient must have followRedirects(NEVER): the client follows redirects"
                            + " itself, so that no token goes to another host");
        }
    }

    Access withHttp(HttpClient newHttp) {
        return new Access(newHttp, tokens, additions);
    }

    Access withTokens(TokenSource source) {
        return new Access(http, Optional.of(source), additions);
    }

    Access withAdditions(UnaryOperator<HttpRequest.Builder> newAdditions) {
        return new Access(http, tokens, newAdditions);
    }

    /** The token for the next request, if there is a source. */
    Optional<String> token() throws IOException {
        if (tokens.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(tokens.get().token());
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("the token source failed: " + e.getMessage(), e);
        }
    }

    static URI requireHttp(URI uri) {
        boolean isHttp = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!isHttp || uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "uri must be an absolute http or https address, but is " + withoutQuery(uri));
        }
        return uri;
    }

    /** The address as a log may show it: a query can hold a token. */
    static String withoutQuery(URI uri) {
        return uri.toString().replaceFirst("[?#].*", "").replaceFirst("//[^/@]*@", "//");
    }

    /** The version to ask for. Over plain HTTP an upgrade to HTTP/2 would only be an extra that old proxies stumble over. */
    static HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        return "http".equalsIgnoreCase(uri.getScheme()) ? request.version(HttpClient.Version.HTTP_1_1) : request;
    }

    /** One HTTP client, and so one selector thread, for all streams and publishers that bring none of their own. */
    private static final class Shared {
        static final HttpClient HTTP = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(PATIENCE)
                .build();
    }
}
