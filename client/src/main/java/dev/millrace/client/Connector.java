package dev.millrace.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to one event stream: asks for a token, follows redirects, and tells an answer that can get better
 * from one that can't. {@link #cancel} may come from any thread, everything else from one.
 */
final class Connector {

    /** What became of a try to connect. */
    sealed interface Answer {

        /** The stream is open. */
        record Open(Connection connection) implements Answer {}

        /** The server wants no more connects: 204. */
        record Stop() implements Answer {}

        /** It failed; where {@code isFinal}, the next try would too. */
        record Failed(IOException cause, Optional<Duration> retryAfter, boolean isFinal) implements Answer {}
    }

    private static final int MOST_REDIRECTS = 5;
    private static final int LONGEST_ERROR_BYTES = 4096;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    private final URI uri;
    private final Access access;
    private final BooleanSupplier isUnwanted;
    private volatile @Nullable CompletableFuture<?> underWay;

    /** A connector whose connects are given up once {@code isUnwanted} says so and {@link #cancel} was called. */
    Connector(URI uri, Access access, BooleanSupplier isUnwanted) {
        this.uri = uri;
        this.access = access;
        this.isUnwanted = isUnwanted;
    }

    Answer connect(String lastEventId) throws InterruptedException {
        try {
            Optional<String> token = access.token();
            HttpResponse<Connection> response = follow(token, lastEventId);
            if (response.statusCode() == 401 && token.isPresent()) {
                response.body().close();
                response = follow(access.token(), lastEventId);
            }
            return judge(response);
        } catch (IOException e) {
            return new Answer.Failed(e, Optional.empty(), false);
        }
    }

    /** Gives up a connect that is under way; it fails then. */
    void cancel() {
        CompletableFuture<?> exchange = underWay;
        if (exchange != null) {
            exchange.cancel(true);
        }
    }

    private HttpResponse<Connection> follow(Optional<String> token, String lastEventId)
            throws IOException, InterruptedException {
        URI target = uri;
        boolean isHome = true;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            HttpResponse<Connection> response = send(request(target, isHome, token, lastEventId));
            Optional<String> location = response.headers().firstValue("Location");
            if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
                return response;
            }
            response.body().close();
            target = redirected(target, location.get());
            isHome = isHome && isSameOrigin(uri, target);
        }
        throw new IOException("more than " + MOST_REDIRECTS + " redirects from " + Access.withoutQuery(uri));
    }

    private static URI redirected(URI from, String location) throws IOException {
        try {
            return Access.requireHttp(from.resolve(location));
        } catch (IllegalArgumentException e) {
            throw new IOException("redirected to what is no http address from " + Access.withoutQuery(from), e);
        }
    }

    /** Away from home go neither the token nor anything else that the application added. */
    private HttpRequest request(URI target, boolean isHome, Optional<String> token, String lastEventId) {
        boolean fits = lastEventId.chars().allMatch(c -> c >= ' ' && c < 0x7F);
        HttpRequest.Builder plain = Access.request(fits ? target : Urls.withQuery(target, "lastEventId", lastEventId))
                .GET();
        HttpRequest.Builder request = isHome ? access.additions().apply(plain) : plain;
        request.setHeader("Accept", "text/event-stream").setHeader("Cache-Control", "no-cache");
        if (fits && !lastEventId.isEmpty()) {
            request.setHeader("Last-Event-ID", lastEventId);
        }
        if (isHome) {
            token.ifPresent(text -> request.setHeader("Authorization", "Bearer " + text));
        }
        return request.build();
    }

    private static boolean isSameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && one.getHost().equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private HttpResponse<Connection> send(HttpRequest request) throws IOException, InterruptedException {
        Connection body = new Connection();
        CompletableFuture<HttpResponse<Connection>> exchange = access.http().sendAsync(request, info -> body);
        underWay = exchange;
        if (isUnwanted.getAsBoolean()) {
            exchange.cancel(true); // The call of cancel() may have come before there was something to cancel.
        }
        try {
            return exchange.get(Access.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            abandon(exchange, body);
            throw new HttpTimeoutException("no answer within " + Access.PATIENCE.toSeconds() + " s");
        } catch (CancellationException e) {
            body.close();
            throw new IOException("the connect was given up", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (InterruptedException e) {
            abandon(exchange, body);
            throw e;
        } finally {
            underWay = null;
        }
    }

    /** The answer may have come in the meantime, and then cancelling does nothing: so the body is closed too. */
    private static void abandon(CompletableFuture<?> exchange, Connection body) {
        exchange.cancel(true);
        body.close();
    }

    private static Answer judge(HttpResponse<Connection> response) throws InterruptedException {
        int status = response.statusCode();
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (status == 200
                && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("text/event-stream")) {
            return new Answer.Open(response.body());
        }
        String where = Access.withoutQuery(response.uri());
        if (status == 200) {
            response.body().close();
            String cause = where + " is no event stream: its content type is " + (type.isEmpty() ? "missing" : type);
            return new Answer.Failed(new RefusedException(status, cause), Optional.empty(), true);
        }
        String detail = status == 204 ? "" : detail(response.body());
        response.body().close();
        if (status == 204) {
            return new Answer.Stop();
        }
        RefusedException cause = new RefusedException(status, where + " answered " + status + detail);
        return new Answer.Failed(cause, RetryAfter.of(response.headers()), !canPass(status));
    }

    /** Whether the same request may be answered better later. */
    static boolean canPass(int status) {
        return status >= 500 || PASSING.contains(status);
    }

    /** What the problem document of an error says, as the end of a message. */
    private static String detail(Connection body) throws InterruptedException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            while (bytes.size() < LONGEST_ERROR_BYTES) {
                for (ByteBuffer buffer : body.read(Duration.ofSeconds(1))) {
                    byte[] chunk = new byte[buffer.remaining()];
                    buffer.get(chunk);
                    bytes.writeBytes(chunk);
                }
            }
        } catch (IOException end) {
            return Problem.detail(bytes.toString(StandardCharsets.UTF_8));
        }
        return "";
    }
}
