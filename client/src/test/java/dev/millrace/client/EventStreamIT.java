package dev.millrace.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.millrace.client.ScriptedServer.Exchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class EventStreamIT {

    private final List<AutoCloseable> resources = new ArrayList<>();
    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        resources.add(server);
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable resource : resources) {
            resource.close();
        }
    }

    @Test
    void asksAsTheStandardSays() throws Exception {
        EventStream stream = open(builder());
        CompletableFuture<Optional<StreamEvent>> next = CompletableFuture.supplyAsync(stream::next);
        Exchange request = server.take();
        assertThat(request.method() + " " + request.target()).isEqualTo("GET /events");
        assertThat(request.header("accept")).isEqualTo("text/event-stream");
        assertThat(request.header("cache-control")).isEqualTo("no-cache");
        assertThat(request.headers()).doesNotContainKeys("last-event-id", "authorization", "upgrade");
        request.stream("data: a\n\n");
        assertThat(next.get(10, SECONDS)).contains(new StreamEvent.Message("message", "a", ""));
    }

    @Test
    void goesOnAfterABreakWithTheLastIdAndForgetsThePartialEvent() throws Exception {
        EventStream stream = open(builder());
        Values values = new Values(stream);
        Exchange first = server.take().stream("id: 1\ndata: a\n\nid: 2\nevent: e\ndata: b\n\nid: 3\ndata: c");
        assertThat(values.message()).isEqualTo(new StreamEvent.Message("message", "a", "1"));
        assertThat(values.message()).isEqualTo(new StreamEvent.Message("e", "b", "2"));
        first.reset();
        assertThat(values.fault().retryIn()).isPresent();
        Exchange again = server.take();
        assertThat(again.header("last-event-id")).isEqualTo("2");
        again.stream("id: 3\ndata: whole\n\n");
        assertThat(values.message()).isEqualTo(new StreamEvent.Message("message", "whole", "3"));
        assertThat(stream.lastEventId()).isEqualTo("3");
    }

    @Test
    void beginsWithTheIdOfAnEarlierStream() throws Exception {
        Values values = new Values(open(builder().lastEventId("41")));
        Exchange request = server.take();
        assertThat(request.header("last-event-id")).isEqualTo("41");
        request.stream("").end();
        assertThat(values.fault().retryIn()).isPresent();
        assertThat(server.take().header("last-event-id"))
                .as("after a connection that brought nothing")
                .isEqualTo("41");
    }

    @Test
    void sendsAnIdThatNoHeaderCanCarryInTheQuery() throws Exception {
        EventStream stream =
                open(EventStream.builder(server.uri("/events?history=3")).lastEventId("é 1"));
        Values values = new Values(stream);
        Exchange request = server.take();
        assertThat(request.headers()).doesNotContainKey("last-event-id");
        assertThat(request.target()).isEqualTo("/events?history=3&lastEventId=%C3%A9+1");
        request.stream("data: a\n\n");
        values.message();
    }

    @Test
    void movesItsPositionByABlockWithoutData() throws Exception {
        Values values = new Values(open(builder()));
        server.take().stream("id: 9\n\n").end();
        values.fault();
        assertThat(server.take().header("last-event-id")).isEqualTo("9");
    }

    @Test
    void leavesOutWhatAnEarlierConnectionBrought() throws Exception {
        Values values = new Values(open(builder()));
        server.take().stream("id: 1\ndata: a\n\nid: 1\ndata: b\n\nid: 2\ndata: c\n\n")
                .end();
        assertThat(values.message().data()).isEqualTo("a");
        assertThat(values.message().data())
                .as("one connection may use an id twice")
                .isEqualTo("b");
        assertThat(values.message().data()).isEqualTo("c");
        values.fault();
        server.take().stream("id: 1\ndata: a\n\nid: 2\ndata: c\n\nid: 3\ndata: d\n\n");
        assertThat(values.message().data()).isEqualTo("d");
    }

    @Test
    void tellsTheHubsNoticesAsTheirOwnTypes() throws Exception {
        Values values = new Values(open(builder()));
        server.take().stream("""
                        retry: 3000

                        id: 1-5
                        event: connected
                        data: {"clientId":"c1","channels":["orders/*","x"],"resumed":false}

                        event: gap
                        data: {"channel":"x","after":"1-2","resumedAt":"1-5"}

                        event: gap
                        data: {"channel":null,"after":null,"resumedAt":"1-5"}

                        event: gap
                        data: mind it

                        event: connected
                        data: [1]

                        """);
        assertThat(values.next())
                .isEqualTo(new StreamEvent.Connected("c1", List.of("orders/*", "x"), Optional.of(false), "1-5"));
        assertThat(values.next()).isEqualTo(new StreamEvent.Gap(Optional.of("x"), Optional.of("1-2"), "1-5"));
        assertThat(values.next()).isEqualTo(new StreamEvent.Gap(Optional.empty(), Optional.empty(), "1-5"));
        assertThat(values.message())
                .as("of another server")
                .isEqualTo(new StreamEvent.Message("gap", "mind it", "1-5"));
        assertThat(values.message().name()).isEqualTo("connected");
    }

    @Test
    void goesOnFromTheConnectedNoticeWhereNoEventCame() throws Exception {
        Values values = new Values(open(builder()));
        server.take().stream("id: 1-5\nevent: connected\ndata: {\"clientId\":\"c\",\"channels\":[]}\n\n")
                .end();
        assertThat(values.next()).isInstanceOf(StreamEvent.Connected.class);
        values.fault();
        assertThat(server.take().header("last-event-id")).isEqualTo("1-5");
    }

    @Test
    void isOverAfter204() throws Exception {
        EventStream stream = open(builder());
        Values values = new Values(stream);
        server.take().stream("data: a\n\n").end();
        values.message();
        values.fault();
        server.take().answer(204, "", "");
        values.assertOver();
        assertThat(stream.next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 406, 409, 410})
    void isOverAfterAnAnswerThatWillNotChange(int status) throws Exception {
        Values values = new Values(open(EventStream.builder(server.uri("/events?token=secret"))));
        server.take()
                .answer(
                        status,
                        "Content-Type: application/problem+json\r\n",
                        "{\"title\":\"no\",\"detail\":\"name a channel\"}");
        StreamEvent.Fault fault = values.fault();
        assertThat(fault.retryIn()).isEmpty();
        assertThat(fault.cause())
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.status()).isEqualTo(status));
        assertThat(fault.cause())
                .hasMessageContaining(status + ": name a channel")
                .hasMessageNotContaining("secret");
        values.assertOver();
    }

    @Test
    void isOverWhereThereIsNoEventStream() throws Exception {
        Values values = new Values(open(builder()));
        server.take().answer(200, "Content-Type: text/html\r\n", "<p>");
        assertThat(values.fault().cause()).hasMessageContaining("text/html");
        values.assertOver();
    }

    @Test
    void takesAContentTypeWithParametersInAnyCase() throws Exception {
        Values values = new Values(open(builder()));
        server.take().send("HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=x\r\n\r\ndata: é\n\n");
        assertThat(values.message().data()).isEqualTo("é");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 502, 503})
    void comesBackAfterAnAnswerThatPasses(int status) throws Exception {
        Values values = new Values(open(builder().lastEventId("7")));
        server.take().answer(status, "", "");
        assertThat(values.fault().retryIn().orElseThrow()).isLessThanOrEqualTo(Duration.ofMillis(1));
        Exchange again = server.take();
        assertThat(again.header("last-event-id")).isEqualTo("7");
        again.stream("data: a\n\n");
        values.message();
    }

    @Test
    void comesBackNotSoonerThanTheServerSays() throws Exception {
        Values values = new Values(open(builder()));
        long answeredAt = System.nanoTime();
        server.take().answer(503, "Retry-After: 1\r\n", "");
        assertThat(values.fault().retryIn().orElseThrow()).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        server.take();
        assertThat(System.nanoTime() - answeredAt).isGreaterThanOrEqualTo(SECONDS.toNanos(1));
    }

    @Test
    void waitsUpToTheReconnectionTimeOfTheServer() throws Exception {
        Values values = new Values(open(EventStream.builder(server.uri("/")).backoff(Duration.ZERO, Duration.ZERO)));
        server.take().stream("retry: 60000\n\n").end();
        StreamEvent.Fault fault = values.fault();
        assertThat(fault.retryIn().orElseThrow()).isBetween(Duration.ofMillis(1), Duration.ofMillis(60_000));
    }

    @Test
    void asksForATokenBeforeEachConnectAndOnceMoreAfter401() throws Exception {
        AtomicLong asked = new AtomicLong();
        Values values = new Values(open(builder().token(() -> "t" + asked.incrementAndGet())));
        Exchange first = server.take();
        assertThat(first.header("authorization")).isEqualTo("Bearer t1");
        first.answer(401, "", "");
        Exchange second = server.take();
        assertThat(second.header("authorization")).isEqualTo("Bearer t2");
        second.stream("id: 4\ndata: a\n\n").end();
        assertThat(values.message().data()).as("without a fault before it").isEqualTo("a");
        values.fault();
        Exchange third = server.take();
        assertThat(third.header("authorization")).isEqualTo("Bearer t3");
        assertThat(third.header("last-event-id")).isEqualTo("4");
        third.answer(401, "", "");
        server.take().answer(401, "", "");
        assertThat(values.fault().retryIn()).isEmpty();
        values.assertOver();
    }

    @Test
    void isOverAfter401WithoutATokenSource() throws Exception {
        Values values = new Values(open(builder()));
        server.take().answer(401, "", "");
        assertThat(values.fault().retryIn()).isEmpty();
        values.assertOver();
    }

    @Test
    void triesAgainWhenTheTokenSourceFails() throws Exception {
        AtomicLong asked = new AtomicLong();
        Values values = new Values(open(builder().token(() -> {
            if (asked.incrementAndGet() == 1) {
                throw new IllegalStateException("login is down");
            }
            return "t";
        })));
        assertThat(values.fault().cause()).hasMessageContaining("login is down");
        server.take().stream("data: a\n\n");
        values.message();
    }

    @Test
    void followsARedirectAtHomeWithTheTokenAndComesBackToTheFirstAddress() throws Exception {
        Values values = new Values(open(builder().token(() -> "t").lastEventId("3")));
        server.take().answer(307, "Location: /moved?x=1\r\n", "");
        Exchange moved = server.take();
        assertThat(moved.target()).isEqualTo("/moved?x=1");
        assertThat(moved.header("authorization")).isEqualTo("Bearer t");
        assertThat(moved.header("last-event-id")).isEqualTo("3");
        moved.stream("data: a\n\n").end();
        values.message();
        values.fault();
        assertThat(server.take().target()).isEqualTo("/events");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void carriesNeitherTokenNorAddedHeadersToAnotherOrigin(int status) throws Exception {
        ScriptedServer other = new ScriptedServer();
        resources.add(other);
        Values values = new Values(open(builder()
                .token(() -> "t")
                .lastEventId("3")
                .request(request -> request.header("X-Api-Key", "k").header("Cookie", "c=1"))));
        Exchange home = server.take();
        assertThat(home.header("x-api-key")).isEqualTo("k");
        home.answer(status, "Location: " + other.uri("/else") + "\r\n", "");
        Exchange away = other.take();
        assertThat(away.headers()).doesNotContainKeys("authorization", "x-api-key", "cookie");
        assertThat(away.header("accept")).isEqualTo("text/event-stream");
        assertThat(away.header("last-event-id")).isEqualTo("3");
        away.answer(302, "Location: " + server.uri("/back") + "\r\n", "");
        Exchange back = server.take();
        assertThat(back.headers())
                .as("once away, always away")
                .doesNotContainKeys("authorization", "x-api-key", "cookie");
        back.stream("data: a\n\n");
        values.message();
    }

    @Test
    void givesUpOnARedirectLoopAndTriesAgainLater() throws Exception {
        Values values = new Values(open(builder()));
        for (int i = 0; i < 6; i++) {
            server.take().answer(302, "Location: /round\r\n", "");
        }
        assertThat(values.fault().cause()).hasMessageContaining("redirects");
        server.take().stream("data: a\n\n");
        values.message();
    }

    @Test
    void refusesAnHttpClientThatFollowsRedirectsItself() {
        HttpClient http = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().httpClient(http))
                .withMessageContaining("followRedirects(NEVER)");
    }

    @Test
    void noticesSilence() throws Exception {
        Values values = new Values(open(builder().silence(Duration.ofMillis(300))));
        server.take().stream("id: 1\ndata: a\n\n");
        values.message();
        assertThat(values.fault().cause()).hasMessageContaining("nothing came for 300 ms");
        Exchange again = server.take();
        assertThat(again.header("last-event-id")).isEqualTo("1");
        again.stream("data: b\n\n");
        assertThat(values.message().data()).isEqualTo("b");
    }

    @Test
    void takesAHeartbeatForLife() throws Exception {
        Values values = new Values(open(builder().silence(Duration.ofSeconds(2))));
        Exchange exchange = server.take().stream("");
        for (int i = 0; i < 6; i++) {
            exchange.send(":\n");
            pause(Duration.ofMillis(500));
        }
        exchange.send("data: a\n\n");
        assertThat(values.message().data()).isEqualTo("a");
    }

    @Test
    void outlivesAServerThatIsAwayAtFirstAndLater() throws Exception {
        int port = server.port();
        server.close();
        Values values = new Values(open(EventStream.builder(URI.create("http://127.0.0.1:" + port + "/"))
                .backoff(Duration.ofMillis(20), Duration.ofMillis(100))));
        values.fault();
        values.fault();
        ScriptedServer back = new ScriptedServer(port);
        resources.add(back);
        back.take().stream("id: 1\ndata: a\n\n");
        assertThat(values.pastFaults()).isEqualTo(new StreamEvent.Message("message", "a", "1"));
        back.close();
        values.fault();
        ScriptedServer third = new ScriptedServer(port);
        resources.add(third);
        Exchange request = third.take();
        assertThat(request.header("last-event-id")).isEqualTo("1");
        request.stream("data: b\n\n");
        assertThat(values.pastFaults()).isEqualTo(new StreamEvent.Message("message", "b", "1"));
    }

    @Test
    void isOverAfterAnEventBeyondTheLimit() throws Exception {
        Values values = new Values(open(builder().maxEventBytes(100)));
        server.take().stream("data: a\n\ndata: " + "x".repeat(200) + "\n\n");
        values.message();
        assertThat(values.fault().cause()).hasMessageContaining("100 bytes");
        values.assertOver();
    }

    @Test
    void connectsAtOnceWhenRestarted() throws Exception {
        EventStream stream = open(builder());
        Values values = new Values(stream);
        Exchange first = server.take().stream("id: 1\ndata: a\n\n");
        values.message();
        stream.restart();
        Exchange second = server.take();
        assertThat(second.header("last-event-id")).isEqualTo("1");
        second.stream("data: b\n\n");
        assertThat(values.message().data()).as("without a fault before it").isEqualTo("b");
        assertThat(first.socket().getInputStream().read())
                .as("the old connection is closed")
                .isLessThan(0);
    }

    @Test
    void cutsTheWaitShortWhenRestarted() throws Exception {
        EventStream stream =
                open(EventStream.builder(server.uri("/")).backoff(Duration.ofHours(1), Duration.ofHours(1)));
        Values values = new Values(stream);
        server.take().stream("retry: 3600000\n\n").end();
        values.fault();
        stream.restart();
        server.take().stream("data: a\n\n");
        values.message();
    }

    @Test
    void endsTheWaitOfItsReaderWhenClosed() throws Exception {
        EventStream reading = open(builder());
        Values values = new Values(reading);
        Exchange exchange = server.take().stream("data: a\n\n");
        values.message();
        reading.close();
        values.assertOver();
        assertThat(exchange.socket().getInputStream().read()).isLessThan(0);

        EventStream connecting = open(builder());
        Values none = new Values(connecting);
        server.take();
        connecting.close();
        none.assertOver();

        EventStream waiting =
                open(EventStream.builder(server.uri("/")).backoff(Duration.ofHours(1), Duration.ofHours(1)));
        Values waitingValues = new Values(waiting);
        server.take().answer(503, "", "");
        waitingValues.fault();
        waiting.close();
        waitingValues.assertOver();
    }

    @Test
    void isOverForAThreadThatIsInterrupted() throws Exception {
        EventStream stream = open(builder());
        CompletableFuture<Boolean> stillInterrupted = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            stream.forEach(event -> {});
            stillInterrupted.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        Exchange exchange = server.take().stream("");
        thread.interrupt();
        assertThat(stillInterrupted.get(10, SECONDS)).isTrue();
        assertThat(exchange.socket().getInputStream().read()).isLessThan(0);
    }

    @Test
    void deliversCommentsWhereTheyAreWanted() throws Exception {
        Values values = new Values(open(builder().comments(true)));
        server.take().stream(": hello\n");
        assertThat(values.next()).isEqualTo(new StreamEvent.Comment("hello"));
    }

    @Test
    void sendsAMethodAndABodyOfTheApplications() throws Exception {
        Values values = new Values(open(builder()
                .request(request -> request.method("POST", java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
                        .header("Content-Type", "application/json"))));
        Exchange request = server.take();
        assertThat(request.method() + request.body() + request.header("content-type"))
                .isEqualTo("POST{}application/json");
        request.stream("data: a\n\n");
        values.message();
    }

    @Test
    void holdsTheServerBackWhileNobodyTakesValues() throws Exception {
        EventStream stream = open(builder());
        CompletableFuture<Optional<StreamEvent>> first = CompletableFuture.supplyAsync(stream::next);
        Exchange exchange = server.take().stream("data: a\n\n");
        first.get(10, SECONDS);
        AtomicLong sent = new AtomicLong();
        byte[] event = ("data: " + "x".repeat(65_536) + "\n\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        long flood = 256L * 1024 * 1024;
        Thread thread = new Thread(() -> {
            try {
                while (sent.get() < flood) {
                    exchange.send(event);
                    sent.addAndGet(event.length);
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
        thread.start();
        await().atMost(Duration.ofSeconds(20))
                .until(() -> thread.getState() == Thread.State.TERMINATED || isStalled(sent));
        assertThat(sent.get()).isLessThan(flood / 4);
    }

    private static boolean isStalled(AtomicLong sent) throws InterruptedException {
        long before = sent.get();
        pause(Duration.ofMillis(400));
        return sent.get() == before;
    }

    @Test
    void tellsAListenerAndGoesOnAfterItThrows() throws Exception {
        EventStream stream = open(builder());
        List<String> told = java.util.Collections.synchronizedList(new ArrayList<>());
        stream.listen(new EventListener() {
            @Override
            public void onMessage(StreamEvent.Message message) {
                Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> told.add("threw " + e.getMessage()));
                if (message.data().equals("bad")) {
                    throw new IllegalStateException("bad");
                }
                told.add(message.data());
            }

            @Override
            public void onGap(StreamEvent.Gap gap) {
                told.add("gap " + gap.resumedAt());
            }

            @Override
            public void onFault(StreamEvent.Fault fault) {
                told.add("fault");
            }

            @Override
            public void onEnd() {
                told.add("end");
            }
        });
        server.take().stream("data: a\n\ndata: bad\n\nevent: gap\ndata: {\"resumedAt\":\"5\"}\n\ndata: b\n\n")
                .end();
        server.take().answer(204, "", "");
        await().atMost(Duration.ofSeconds(10)).until(() -> told.contains("end"));
        assertThat(told).containsExactly("a", "threw bad", "gap 5", "b", "fault", "end");
    }

    @Test
    void refusesWhatIsNoHttpAddress() {
        assertThatIllegalArgumentException().isThrownBy(() -> EventStream.open(URI.create("ftp://x/")));
        assertThatIllegalArgumentException().isThrownBy(() -> EventStream.open(URI.create("/events")));
    }

    private static void pause(Duration time) throws InterruptedException {
        new java.util.concurrent.CountDownLatch(1).await(time.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    private EventStreamBuilder builder() {
        return EventStream.builder(server.uri("/events")).backoff(Duration.ofMillis(1), Duration.ofMillis(20));
    }

    private EventStream open(EventStreamBuilder builder) {
        EventStream stream = builder.open();
        resources.add(stream);
        return stream;
    }
}
