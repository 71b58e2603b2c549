package dev.millrace.client;

import dev.millrace.client.Delivery.Outcome;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * A publisher of events to a hub. A single event is tried again until it is answered, under one idempotency key, so it is
 * published once; a batch keeps its order and needs one request. Futures fail with an {@link IOException}, a
 * {@link RefusedException} where the hub said no. Nothing is redirected. Thread-safe, and holds nothing that must be closed.
 */
public final class Publisher {

    /** The hub remembers a key for two minutes; a try beyond that could publish twice. */
    private static final Duration MOST_RETRY = Duration.ofSeconds(100);

    private final URI hub;
    private final Access access;
    private final Duration retryFor;

    private Publisher(URI hub, Access access, Duration retryFor) {
        this.hub = hub;
        this.access = access;
        this.retryFor = retryFor;
    }

    /** A publisher to the hub at this address, without a token. */
    public static Publisher to(URI hub) {
        return new Publisher(Access.requireHttp(hub), Access.open(), Duration.ofSeconds(60));
    }

    /** The same publisher with tokens from this source. */
    public Publisher withToken(TokenSource source) {
        return new Publisher(hub, access.withTokens(source), retryFor);
    }

    /** The same publisher through this HTTP client, which must not follow redirects. */
    public Publisher withHttpClient(HttpClient http) {
        return new Publisher(hub, access.withHttp(http), retryFor);
    }

    /** The same publisher, but trying for so long; at most 100 s, as the hub remembers keys for two minutes. Default: 60 s. */
    public Publisher withRetryFor(Duration time) {
        if (time.isNegative() || time.compareTo(MOST_RETRY) > 0) {
            throw new IllegalArgumentException("time must be from 0 to 100 s, but is " + time);
        }
        return new Publisher(hub, access, time);
    }

    /**
     * Publishes one event. Of two events the second comes after the first if it is published once the first is answered.
     *
     * @param name its type; empty for an unnamed event, which arrives as "message"
     */
    public CompletableFuture<Published> publish(String channel, String name, String data) {
        return publish(channel, name, data, UUID.randomUUID().toString());
    }

    /**
     * Publishes one event under a key of one's own: the same key on the same channel within two minutes publishes nothing again, and
     * gets the first id.
     *
     * @param name its type; empty for an unnamed event, which arrives as "message"
     * @param key at most 200 characters
     */
    public CompletableFuture<Published> publish(String channel, String name, String data, String key) {
        URI address = Urls.channel(hub, channel);
        URI target = name.isEmpty() ? address : Urls.withQuery(address, "event", name);
        Delivery.Plan plan = new Delivery.Plan() {
            @Override
            public HttpRequest.Builder request() {
                return Access.request(target)
                        .timeout(Access.PATIENCE)
                        .setHeader("Idempotency-Key", key)
                        .setHeader("Content-Type", "text/plain; charset=utf-8")
                        .POST(BodyPublishers.ofString(data));
            }

            @Override
            public boolean repeatsAfter(Outcome outcome) {
                return !(outcome instanceof Outcome.Answered answered)
                        || answered.status() == 401
                        || Connector.canPass(answered.status());
            }
        };
        return Delivery.start(access, plan, retryFor).thenApply(Publisher::published);
    }

    /** Publishes the events in their order, in one request. Fails with a {@link BatchFailedException}. */
    public CompletableFuture<Batch> publishAll(List<Publication> publications) {
        return batch(new BatchPlan(Urls.below(hub, "events"), publications));
    }

    /**
     * Publishes events as they are made, in one request that lasts as long as the source. The source is asked for more only
     * when the hub takes more. Not tried again, since what the source made is gone; fails with a {@link BatchFailedException}.
     */
    public CompletableFuture<Batch> publishAll(Flow.Publisher<Publication> source) {
        return batch(new BatchPlan(Urls.below(hub, "events"), source));
    }

    private CompletableFuture<Batch> batch(BatchPlan plan) {
        return Delivery.start(access, plan, retryFor)
                .thenApply(plan::batch)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(plan.failure(failure)));
    }

    private static Published published(String body) {
        Map<String, Object> answer = Json.object(body);
        return new Published(String.valueOf(answer.getOrDefault("id", "")), Json.count(answer, "recipients"));
    }
}
