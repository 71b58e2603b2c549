package dev.millrace.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.client.Delivery.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A batch as NDJSON. It has no idempotency key, so it goes on only where the hub has said how far it came: from the line
 * that it could not take, or from the start where it took none.
 */
final class BatchPlan implements Delivery.Plan {

    /** Answers that came before any line was read, or name the line that could not be taken. */
    private static final Set<Integer> REPEATED = Set.of(401, 429, 503);

    private final URI events;
    private final Supplier<BodyPublisher> rest;
    private final boolean isRepeatable;
    private final AtomicLong accepted = new AtomicLong();
    private volatile boolean isKnown = true;

    BatchPlan(URI events, List<Publication> publications) {
        this.events = events;
        this.isRepeatable = true;
        List<Publication> all = List.copyOf(publications);
        this.rest = () -> BodyPublishers.ofByteArrays(
                () -> all.stream().skip(accepted.get()).map(BatchPlan::line).iterator());
    }

    BatchPlan(URI events, Flow.Publisher<Publication> source) {
        this.events = events;
        this.isRepeatable = false;
        this.rest = () -> BodyPublishers.fromPublisher(subscriber -> source.subscribe(new Lines(subscriber)));
    }

    @Override
    public HttpRequest.Builder request() {
        return Access.request(events)
                .setHeader("Content-Type", "application/x-ndjson")
                .POST(rest.get());
    }

    @Override
    public boolean repeatsAfter(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            long line = Json.count(Json.object(answered.body()), "line");
            accepted.addAndGet(Math.max(0, line - 1));
            isKnown = line > 0 || answered.status() < 500 || answered.status() == 503;
            return isRepeatable && REPEATED.contains(answered.status());
        }
        isKnown = ((Outcome.Broken) outcome).cause() instanceof ConnectException;
        return isRepeatable && isKnown;
    }

    /** The whole batch from the answer to its last part. */
    Batch batch(String body) {
        Map<String, Object> answer = Json.object(body);
        return new Batch(
                accepted.get() + Json.count(answer, "accepted"), String.valueOf(answer.getOrDefault("lastId", "")));
    }

    BatchFailedException failure(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return new BatchFailedException(
                isKnown ? OptionalLong.of(accepted.get()) : OptionalLong.empty(),
                cause instanceof IOException broken ? broken : new IOException(cause));
    }

    /** The data goes as a JSON string, which the hub delivers as its text: as verbatim as a single publish. */
    static byte[] line(Publication publication) {
        String event = publication.name().isEmpty() ? "" : ",\"event\":" + Json.quote(publication.name());
        String line = "{\"channel\":" + Json.quote(publication.channel()) + event + ",\"data\":"
                + Json.quote(publication.data()) + "}\n";
        return line.getBytes(UTF_8);
    }

    /** Hands on the demand for bytes as demand for events. */
    private record Lines(Flow.Subscriber<? super ByteBuffer> bytes) implements Flow.Subscriber<Publication> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            bytes.onSubscribe(subscription);
        }

        @Override
        public void onNext(Publication publication) {
            bytes.onNext(ByteBuffer.wrap(line(publication)));
        }

        @Override
        public void onError(Throwable failure) {
            bytes.onError(failure);
        }

        @Override
        public void onComplete() {
            bytes.onComplete();
        }
    }
}
