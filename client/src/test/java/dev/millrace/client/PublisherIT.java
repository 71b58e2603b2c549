package dev.millrace.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.millrace.client.ScriptedServer.Exchange;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PublisherIT {

    private static final String ID_7 = "{\"id\":\"1-7\",\"recipients\":3}";
    private static final List<Publication> THREE =
            List.of(new Publication("a", "n", "x\ny\"é"), new Publication("b", "", "2"), new Publication("c", "", "3"));

    private ScriptedServer server;
    private Publisher publisher;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        publisher = Publisher.to(server.uri(""));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void postsTheDataVerbatimToItsChannel() throws Exception {
        CompletableFuture<Published> published = publisher.publish("orders/4 2", "status & more", "{\"é\":\n1}");
        Exchange request = server.take();
        assertThat(request.method() + " " + request.target())
                .isEqualTo("POST /events/orders/4%202?event=status+%26+more");
        assertThat(request.body()).isEqualTo("{\"é\":\n1}");
        assertThat(request.header("idempotency-key")).hasSizeBetween(16, 200);
        request.answer(200, "", ID_7);
        assertThat(published.get(10, SECONDS)).isEqualTo(new Published("1-7", 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void triesAgainWithTheSameKey(int status) throws Exception {
        CompletableFuture<Published> published = publisher.publish("a", "", "x");
        Exchange first = server.take();
        first.answer(status, "", "");
        Exchange second = server.take();
        assertThat(second.header("idempotency-key")).isEqualTo(first.header("idempotency-key"));
        assertThat(second.body()).isEqualTo("x");
        second.answer(200, "", ID_7);
        published.get(10, SECONDS);
    }

    @Test
    void triesAgainWithTheSameKeyWhenTheAnswerIsLost() throws Exception {
        CompletableFuture<Published> published = publisher.publish("a", "", "x");
        Exchange first = server.take();
        first.reset();
        Exchange second = server.take();
        assertThat(second.header("idempotency-key")).isEqualTo(first.header("idempotency-key"));
        second.answer(200, "", ID_7);
        published.get(10, SECONDS);
        CompletableFuture<Published> other = publisher.publish("a", "", "x");
        Exchange third = server.take();
        assertThat(third.header("idempotency-key")).isNotEqualTo(first.header("idempotency-key"));
        third.answer(200, "", ID_7);
        other.get(10, SECONDS);
    }

    @Test
    void failsWithWhatTheHubSays() throws Exception {
        CompletableFuture<Published> published = publisher.publish("$a", "", "x");
        server.take().answer(400, "", "{\"detail\":\"a channel name must not begin with $\"}");
        RefusedException refused = catchThrowableOfType(RefusedException.class, () -> unwrap(published));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused).hasMessageContaining("must not begin with $");
    }

    @Test
    void givesUpWhenItsTimeIsOver() throws Exception {
        int port = server.port();
        server.close();
        CompletableFuture<Published> published = Publisher.to(URI.create("http://127.0.0.1:" + port))
                .withRetryFor(Duration.ofMillis(300))
                .publish("a", "", "x");
        assertThat(catchThrowableOfType(IOException.class, () -> unwrap(published)))
                .isNotNull();
    }

    @Test
    void asksForATokenAndOnceMoreAfter401() throws Exception {
        AtomicLong asked = new AtomicLong();
        Publisher known = publisher.withToken(() -> "t" + asked.incrementAndGet());
        CompletableFuture<Published> published = known.publish("a", "", "x");
        server.take().answer(401, "", "");
        Exchange second = server.take();
        assertThat(second.header("authorization")).isEqualTo("Bearer t2");
        second.answer(401, "", "");
        assertThat(catchThrowableOfType(RefusedException.class, () -> unwrap(published))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void followsNoRedirect() throws Exception {
        CompletableFuture<Published> published = publisher.withToken(() -> "t").publish("a", "", "x");
        server.take().answer(307, "Location: http://elsewhere.example/\r\n", "");
        assertThat(catchThrowableOfType(RefusedException.class, () -> unwrap(published)))
                .hasMessageContaining("elsewhere.example");
    }

    @Test
    void sendsABatchInItsOrder() throws Exception {
        CompletableFuture<Batch> batch = publisher.publishAll(THREE);
        Exchange request = server.take();
        assertThat(request.method() + " " + request.target()).isEqualTo("POST /events");
        assertThat(request.header("content-type")).isEqualTo("application/x-ndjson");
        assertThat(request.headers()).doesNotContainKey("idempotency-key");
        assertThat(request.body()).isEqualTo("""
                {"channel":"a","event":"n","data":"x\\u000ay\\"é"}
                {"channel":"b","data":"2"}
                {"channel":"c","data":"3"}
                """);
        request.answer(200, "", "{\"accepted\":3,\"lastId\":\"1-9\"}");
        assertThat(batch.get(10, SECONDS)).isEqualTo(new Batch(3, "1-9"));
    }

    @Test
    void goesOnWithABatchFromTheLineThatTheHubCouldNotTake() throws Exception {
        CompletableFuture<Batch> batch = publisher.publishAll(THREE);
        server.take().answer(503, "", "{\"line\":2}");
        Exchange rest = server.take();
        assertThat(rest.body()).isEqualTo("{\"channel\":\"b\",\"data\":\"2\"}\n{\"channel\":\"c\",\"data\":\"3\"}\n");
        rest.answer(429, "", "{\"line\":2}");
        Exchange last = server.take();
        assertThat(last.body()).isEqualTo("{\"channel\":\"c\",\"data\":\"3\"}\n");
        last.answer(200, "", "{\"accepted\":1,\"lastId\":\"1-9\"}");
        assertThat(batch.get(10, SECONDS)).isEqualTo(new Batch(3, "1-9"));
    }

    @Test
    void tellsHowFarABatchCame() throws Exception {
        CompletableFuture<Batch> batch = publisher.publishAll(THREE);
        server.take().answer(400, "", "{\"line\":3,\"detail\":\"bad\"}");
        BatchFailedException failed = catchThrowableOfType(BatchFailedException.class, () -> unwrap(batch));
        assertThat(failed.accepted()).hasValue(2);
        assertThat(failed).hasMessageContaining("bad").hasCauseInstanceOf(RefusedException.class);
    }

    @Test
    void neverRepeatsABatchWhoseAnswerIsLost() throws Exception {
        CompletableFuture<Batch> batch = publisher.publishAll(THREE);
        server.take().reset();
        BatchFailedException failed = catchThrowableOfType(BatchFailedException.class, () -> unwrap(batch));
        assertThat(failed.accepted()).isEmpty();
        assertThat(server.isIdle()).isTrue();
    }

    @Test
    void streamsWhatASourceMakes() throws Exception {
        CompletableFuture<Batch> batch;
        try (SubmissionPublisher<Publication> source = new SubmissionPublisher<>()) {
            batch = publisher.publishAll(source);
            await().atMost(Duration.ofSeconds(10)).until(source::hasSubscribers);
            THREE.forEach(source::submit);
        }
        Exchange request = server.take();
        assertThat(request.body().lines()).hasSize(3).last().isEqualTo("{\"channel\":\"c\",\"data\":\"3\"}");
        request.answer(200, "", "{\"accepted\":3,\"lastId\":\"1-9\"}");
        assertThat(batch.get(10, SECONDS)).isEqualTo(new Batch(3, "1-9"));
    }

    @Test
    void refusesToTryLongerThanTheHubRemembers() {
        assertThatIllegalArgumentException().isThrownBy(() -> publisher.withRetryFor(Duration.ofMinutes(2)));
    }

    private static void unwrap(CompletableFuture<?> future) throws Throwable {
        try {
            future.get(10, SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }
}
