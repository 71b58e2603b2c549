package dev.millrace.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** How an {@link EventStream} is set up. Not thread-safe; to be used for one stream. */
public final class EventStreamBuilder {
    final URI uri;
    Access access = Access.open();
    String lastEventId = "";
    Duration firstWait = Duration.ofSeconds(1);
    Duration longestWait = Duration.ofSeconds(30);
    Duration silence = Duration.ofSeconds(75);
    int maxEventBytes = 4 * 1024 * 1024;
    boolean comments;

    EventStreamBuilder(URI uri) {
        this.uri = Access.requireHttp(uri);
    }

    /** Where tokens come from; without it the stream sends none. */
    public EventStreamBuilder token(TokenSource source) {
        access = access.withTokens(source);
        return this;
    }

    /** The position to go on from, as an earlier stream's {@link EventStream#lastEventId} told it. */
    public EventStreamBuilder lastEventId(String id) {
        if (id.chars().anyMatch(c -> c == 0 || c == '\n' || c == '\r')) {
            throw new IllegalArgumentException("lastEventId must not contain CR, LF or NUL");
        }
        lastEventId = id;
        return this;
    }

    /**
     * The bounds of the wait for the next try: at most {@code first} after the first fault, twice that after the next,
     * and so on, at most {@code longest}. The server's {@code retry} replaces {@code first}. Default: 1 s and 30 s.
     */
    public EventStreamBuilder backoff(Duration first, Duration longest) {
        if (first.isNegative() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "backoff must have 0 <= first <= longest, but has " + first + ", " + longest);
        }
        firstWait = first;
        longestWait = longest;
        return this;
    }

    /**
     * How long the connection may bring nothing, not even a heartbeat, before it counts as broken; zero for ever.
     * It should be more than twice the server's heartbeat. Default: 75 s.
     */
    public EventStreamBuilder silence(Duration most) {
        if (most.isNegative()) {
            throw new IllegalArgumentException("silence must not be negative, but is " + most);
        }
        silence = most;
        return this;
    }

    /** The most bytes of one event; a larger one ends the stream with a fault. Default: 4 MiB. */
    public EventStreamBuilder maxEventBytes(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("maxEventBytes must be at least 1, but is " + most);
        }
        maxEventBytes = most;
        return this;
    }

    /** Whether comments, such as heartbeats, are delivered too. Default: no. */
    public EventStreamBuilder comments(boolean wanted) {
        comments = wanted;
        return this;
    }

    /** What is added to each request: headers, or a method and a body. A redirect to another origin goes without. */
    public EventStreamBuilder request(UnaryOperator<HttpRequest.Builder> additions) {
        access = access.withAdditions(additions);
        return this;
    }

    /** The HTTP client to connect with; it must not follow redirects. Default: one that all streams share. */
    public EventStreamBuilder httpClient(HttpClient http) {
        access = access.withHttp(http);
        return this;
    }

    /** The stream, which connects when its first value is asked for. */
    public EventStream open() {
        return new EventStream(this);
    }
}
