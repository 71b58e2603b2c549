package dev.millrace.client;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A request that is repeated, with waits between, until it is answered for good or its time is over. */
final class Delivery {

    /** What to send, and whether to send it again. */
    interface Plan {

        /** The request, as it has to be now. */
        HttpRequest.Builder request();

        /** Whether the request may be sent again after this outcome. */
        boolean repeatsAfter(Outcome outcome);
    }

    /** What became of one try. */
    sealed interface Outcome {

        /** The hub answered. */
        record Answered(int status, String body, HttpHeaders headers) implements Outcome {}

        /** No answer came. */
        record Broken(IOException cause) implements Outcome {}
    }

    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Access access;
    private final Plan plan;
    private final long deadline;
    private final Backoff backoff = new Backoff(FIRST_WAIT, LONGEST_WAIT, RandomGenerator.getDefault());
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private boolean wasUnauthorized;

    private Delivery(Access access, Plan plan, Duration retryFor) {
        this.access = access;
        this.plan = plan;
        this.deadline = System.nanoTime() + retryFor.toNanos();
    }

    /** Begins it. The answer is the body of a 200; it fails with an {@link IOException}. */
    static CompletableFuture<String> start(Access access, Plan plan, Duration retryFor) {
        Delivery delivery = new Delivery(access, plan, retryFor);
        delivery.attempt(Duration.ZERO);
        return delivery.answer;
    }

    private void attempt(Duration wait) {
        Executor later = CompletableFuture.delayedExecutor(wait.toMillis(), TimeUnit.MILLISECONDS);
        CompletableFuture.supplyAsync(this::request, later)
                .thenCompose(request -> access.http().sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                .handle(Delivery::outcome)
                .thenAccept(this::judge)
                .exceptionally(this::fail);
    }

    private HttpRequest request() {
        HttpRequest.Builder request = access.additions().apply(plan.request());
        try {
            access.token().ifPresent(token -> request.setHeader("Authorization", "Bearer " + token));
        } catch (IOException e) {
            throw new CompletionException(e);
        }
        return request.build();
    }

    private static Outcome outcome(@Nullable HttpResponse<String> response, @Nullable Throwable failure) {
        if (response != null) {
            return new Outcome.Answered(response.statusCode(), response.body(), response.headers());
        }
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return new Outcome.Broken(cause instanceof IOException broken ? broken : new IOException(cause));
    }

    private void judge(Outcome outcome) {
        boolean isUnauthorized = outcome instanceof Outcome.Answered answered && answered.status() == 401;
        if (outcome instanceof Outcome.Answered answered && answered.status() == 200) {
            answer.complete(answered.body());
        } else if (isUnauthorized && (wasUnauthorized || access.tokens().isEmpty())) {
            answer.completeExceptionally(failure(outcome));
        } else if (plan.repeatsAfter(outcome)) {
            repeat(outcome, isUnauthorized);
        } else {
            answer.completeExceptionally(failure(outcome));
        }
    }

    private void repeat(Outcome outcome, boolean isUnauthorized) {
        wasUnauthorized |= isUnauthorized;
        Duration wait = isUnauthorized
                ? Duration.ZERO
                : retryAfter(outcome).map(backoff::next).orElseGet(backoff::next);
        if (System.nanoTime() + wait.toNanos() - deadline > 0) {
            answer.completeExceptionally(failure(outcome));
        } else {
            attempt(wait);
        }
    }

    private @Nullable Void fail(Throwable bug) {
        answer.completeExceptionally(bug);
        return null;
    }

    private static Optional<Duration> retryAfter(Outcome outcome) {
        return outcome instanceof Outcome.Answered answered ? RetryAfter.of(answered.headers()) : Optional.empty();
    }

    private static IOException failure(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            int status = answered.status();
            String where = answered.headers()
                    .firstValue("Location")
                    .map(to -> ": publish there instead: " + to)
                    .orElse("");
            return new RefusedException(status, "the hub answered " + status + where + Problem.detail(answered.body()));
        }
        return ((Outcome.Broken) outcome).cause();
    }
}
