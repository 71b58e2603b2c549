package dev.millrace.server.auth;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Asks an issuer for its key set: within 5 s, at most 256 KiB, following no redirect. */
final class KeySetRequest implements KeySource {
    static final int MAX_BYTES = 256 * 1024;

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]");
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private final HttpRequest request;
    private final Duration timeout;
    private volatile CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);

    private KeySetRequest(URI address, Duration timeout) {
        this.timeout = timeout;
        request = HttpRequest.newBuilder(address)
                .header("Accept", "application/jwk-set+json, application/json")
                .build();
    }

    /**
     * The request to a key set's address.
     *
     * @throws IllegalArgumentException if it is neither https nor http on loopback
     */
    static KeySetRequest to(URI address) {
        return to(address, TIMEOUT);
    }

    static KeySetRequest to(URI address, Duration timeout) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        if (address.getHost() == null || address.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "the key set's address must be a URL with a host and without a password");
        }
        if (!scheme.equals("https")
                && !(scheme.equals("http") && LOOPBACK.matcher(host).matches())) {
            throw new IllegalArgumentException("the key set's address must be https, or http on loopback");
        }
        return new KeySetRequest(address, timeout);
    }

    @Override
    public CompletableFuture<byte[]> fetch() {
        CompletableFuture<HttpResponse<byte[]>> response = client.sendAsync(request, body());
        underWay = response;
        // A timeout of the request's own would end with the headers; this one holds for the body too.
        return response.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((answer, failure) -> response.cancel(true))
                .thenApply(HttpResponse::body);
    }

    /** Gives up a fetch that is under way, and ends the client's threads, where the JDK (21 and later) can do that. */
    @Override
    public void close() {
        underWay.cancel(true);
        if (client instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("the HTTP client did not close", e);
            }
        }
    }

    private static BodyHandler<byte[]> body() {
        return head -> {
            if (head.statusCode() != 200) {
                throw new IllegalStateException("the answer's status is " + head.statusCode());
            }
            return new LimitedBody(MAX_BYTES);
        };
    }
}
