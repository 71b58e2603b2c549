package dev.millrace.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.MillraceServer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client against a real hub, over links that break. */
@Timeout(60)
class HubIT {

    private static final long SEED = 20261121;

    private final List<AutoCloseable> resources = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (int i = resources.size() - 1; i >= 0; i--) {
            resources.get(i).close();
        }
    }

    @Test
    void deliversWhatIsPublished() throws Exception {
        MillraceServer hub = hub(settings -> settings);
        Values values = open(stream(hub.uri(), "/events/orders/42"));
        assertThat(values.connected().channels()).containsExactly("orders/42");
        Published published = Publisher.to(hub.uri())
                .publish("orders/42", "status", " two\nlines é😀")
                .get(10, SECONDS);
        assertThat(published.recipients()).isEqualTo(1);
        assertThat(values.message()).isEqualTo(new StreamEvent.Message("status", " two\nlines é😀", published.id()));
    }

    @Test
    void losesAndRepeatsNothingOverALinkThatIsCutAgainAndAgain() throws Exception {
        MillraceServer hub = hub(settings -> settings);
        FaultyLink link = link(hub);
        Values values = open(stream(link.uri(), "/events?channel=a&channel=b/*"));
        assertThat(values.connected().resumed()).isEmpty();
        Random random = new Random(SEED);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            String channel = random.nextBoolean() ? "a" : "b/" + random.nextInt(3);
            expected.add(channel + " " + i);
            hub.hub()
                    .publish(channel, "", channel + " " + i)
                    .toCompletableFuture()
                    .get(10, SECONDS);
            if (random.nextInt(20) == 0) {
                link.cut();
            }
        }
        List<String> received = new ArrayList<>();
        while (received.size() < expected.size()) {
            StreamEvent event = values.pastFaults();
            if (event instanceof StreamEvent.Message message) {
                received.add(message.data());
            } else {
                assertThat(((StreamEvent.Connected) event).resumed()).contains(true);
            }
        }
        assertThat(received).isEqualTo(expected);
    }

    @Test
    void deliversWhatWasPublishedWhileTheHubWasOutOfReach() throws Exception {
        MillraceServer hub = hub(settings -> settings);
        FaultyLink link = link(hub);
        Values values = open(stream(link.uri(), "/events/a"));
        values.connected();
        link.down(true);
        values.fault();
        for (int i = 0; i < 10; i++) {
            hub.hub().publish("a", "", "" + i).toCompletableFuture().get(10, SECONDS);
        }
        values.fault();
        link.down(false);
        assertThat(values.pastFaults()).isInstanceOf(StreamEvent.Connected.class);
        for (int i = 0; i < 10; i++) {
            assertThat(values.message().data()).isEqualTo("" + i);
        }
    }

    @Test
    void tellsTheGapWhereTheHistoryIsTooShort() throws Exception {
        MillraceServer hub = hub(settings -> settings.historySize(2));
        FaultyLink link = link(hub);
        Values values = open(stream(link.uri(), "/events/a"));
        String position = values.connected().lastEventId();
        link.down(true);
        for (int i = 0; i < 5; i++) {
            hub.hub().publish("a", "", "" + i).toCompletableFuture().get(10, SECONDS);
        }
        link.down(false);
        StreamEvent.Connected again = (StreamEvent.Connected) values.pastFaults();
        assertThat(again.resumed()).contains(false);
        StreamEvent.Gap gap = (StreamEvent.Gap) values.next();
        assertThat(gap.channel()).contains("a");
        assertThat(gap.after()).contains(position);
        assertThat(values.message().data()).isEqualTo("3");
        assertThat(values.message().data()).isEqualTo("4");
    }

    @Test
    void comesBackToAHubThatWasRestartedAndTellsThatItsMemoryIsGone() throws Exception {
        Values values;
        int port;
        try (MillraceServer first = start(settings -> settings)) {
            port = first.port();
            values = open(stream(first.uri(), "/events/a"));
            values.connected();
            first.hub().publish("a", "", "before").toCompletableFuture().get(10, SECONDS);
            values.message();
        }
        MillraceServer second = hub(settings -> settings.port(port));
        assertThat(nextConnected(values).resumed()).contains(false);
        assertThat(values.next()).isInstanceOf(StreamEvent.Gap.class);
        second.hub().publish("a", "", "after").toCompletableFuture().get(10, SECONDS);
        assertThat(nextMessage(values).data()).isEqualTo("after");
    }

    @Test
    void waitsOutAFullHub() throws Exception {
        MillraceServer hub = hub(settings -> settings.maxConnections(1));
        EventStream first = builder(hub.uri(), "/events/a").open();
        resources.add(first);
        new Values(first).connected();
        Values values = open(builder(hub.uri(), "/events/a").open());
        StreamEvent.Message closing = values.message();
        assertThat(closing.name() + closing.data()).isEqualTo("closing{\"reason\":\"full\"}");
        first.close();
        nextConnected(values);
    }

    @Test
    void isLetBackInWithAFreshTokenWhenItsTokenExpires() throws Exception {
        MillraceServer hub = hub(settings -> settings.jwtSecret(Tokens.SECRET));
        AtomicInteger asked = new AtomicInteger();
        EventStream stream = builder(hub.uri(), "/events/a")
                .token(() -> {
                    int life = asked.incrementAndGet() == 1 ? 4 : 3600;
                    return Tokens.signed("u", Instant.now().plusSeconds(life), "{\"subscribe\":[\"a\"]}");
                })
                .open();
        Values values = open(stream);
        values.connected();
        assertThat(values.message().name()).isEqualTo("expired");
        hub.hub().publish("a", "", "meanwhile").toCompletableFuture().get(10, SECONDS);
        StreamEvent again = values.pastFaults();
        assertThat(((StreamEvent.Connected) again).resumed()).contains(true);
        assertThat(values.message().data()).isEqualTo("meanwhile");
        assertThat(asked.get()).isEqualTo(2);
    }

    @Test
    void isRefusedForGoodWithoutAGrant() throws Exception {
        MillraceServer hub = hub(settings -> settings.jwtSecret(Tokens.SECRET));
        Values none = open(stream(hub.uri(), "/events/a"));
        assertThat(none.fault().cause())
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.status()).isEqualTo(401));
        none.assertOver();
        String token = Tokens.signed("u", Instant.now().plusSeconds(60), "{\"subscribe\":[\"b\"]}");
        Values other = open(builder(hub.uri(), "/events/a").token(() -> token).open());
        assertThat(other.fault().cause())
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.status()).isEqualTo(403));
        other.assertOver();
        Publisher publisher = Publisher.to(hub.uri()).withToken(() -> token);
        assertThat(catchThrowable(() -> publisher.publish("a", "", "x").get(10, SECONDS)))
                .hasCauseInstanceOf(RefusedException.class)
                .hasMessageContaining("403");
    }

    @Test
    void publishesOnceThoughItsAnswersAreLost() throws Exception {
        MillraceServer hub = hub(settings -> settings);
        FaultyLink link = link(hub);
        Values values = open(stream(hub.uri(), "/events/a"));
        values.connected();
        link.loseAnswers(true);
        CompletableFuture<Published> published = Publisher.to(link.uri()).publish("a", "", "once");
        assertThat(values.message().data()).isEqualTo("once");
        link.loseAnswers(false);
        assertThat(published.get(20, SECONDS).id()).isNotEmpty();
        Publisher.to(hub.uri()).publish("a", "", "next").get(10, SECONDS);
        assertThat(values.message().data()).isEqualTo("next");
    }

    @Test
    void publishesBatchesInOrder() throws Exception {
        MillraceServer hub = hub(settings -> settings);
        Values values = open(stream(hub.uri(), "/events/a"));
        values.connected();
        List<Publication> batch = IntStream.range(0, 500)
                .mapToObj(i -> new Publication("a", "n", i + "\n\"é"))
                .toList();
        Batch answer = Publisher.to(hub.uri()).publishAll(batch).get(20, SECONDS);
        assertThat(answer.accepted()).isEqualTo(500);
        for (int i = 0; i < 499; i++) {
            assertThat(values.message().data()).isEqualTo(i + "\n\"é");
        }
        assertThat(values.message().lastEventId()).isEqualTo(answer.lastId());
    }

    @Test
    void tellsWhichEventOfABatchTheHubRefused() throws Exception {
        MillraceServer hub = hub(settings -> settings);
        List<Publication> batch = List.of(
                new Publication("a", "", "1"),
                new Publication("a", "", "2"),
                new Publication("$no", "", "3"),
                new Publication("a", "", "4"));
        Throwable failure =
                catchThrowable(() -> Publisher.to(hub.uri()).publishAll(batch).get(20, SECONDS));
        assertThat(failure.getCause())
                .isInstanceOfSatisfying(
                        BatchFailedException.class,
                        e -> assertThat(e.accepted()).hasValue(2));
    }

    @Test
    void publishesAsASourceMakes() throws Exception {
        MillraceServer hub = hub(settings -> settings);
        Values values = open(stream(hub.uri(), "/events/a"));
        values.connected();
        CompletableFuture<Batch> batch;
        try (SubmissionPublisher<Publication> source = new SubmissionPublisher<>()) {
            batch = Publisher.to(hub.uri()).publishAll(source);
            await().atMost(Duration.ofSeconds(10)).until(source::hasSubscribers);
            source.submit(new Publication("a", "", "1"));
            assertThat(values.message().data()).as("while the request is open").isEqualTo("1");
            source.submit(new Publication("a", "", "2"));
            assertThat(values.message().data()).isEqualTo("2");
        }
        assertThat(batch.get(10, SECONDS).accepted()).isEqualTo(2);
    }

    private MillraceServer hub(UnaryOperator<MillraceServer.Builder> settings) {
        MillraceServer hub = start(settings);
        resources.add(hub);
        return hub;
    }

    private static MillraceServer start(UnaryOperator<MillraceServer.Builder> settings) {
        return settings.apply(MillraceServer.builder().port(0).retry(Duration.ofMillis(20)))
                .start();
    }

    private FaultyLink link(MillraceServer hub) throws Exception {
        FaultyLink link = new FaultyLink(hub.port());
        resources.add(link);
        return link;
    }

    private static EventStreamBuilder builder(URI hub, String path) {
        return EventStream.builder(URI.create(hub + path)).backoff(Duration.ofMillis(10), Duration.ofMillis(100));
    }

    private static EventStream stream(URI hub, String path) {
        return builder(hub, path).open();
    }

    private Values open(EventStream stream) {
        resources.add(stream);
        return new Values(stream);
    }

    private static StreamEvent.Message nextMessage(Values values) throws InterruptedException {
        return next(StreamEvent.Message.class, values);
    }

    private static StreamEvent.Connected nextConnected(Values values) throws InterruptedException {
        return next(StreamEvent.Connected.class, values);
    }

    private static <T extends StreamEvent> T next(Class<T> type, Values values) throws InterruptedException {
        StreamEvent event = values.next();
        while (!type.isInstance(event)) {
            event = values.next();
        }
        return type.cast(event);
    }
}
