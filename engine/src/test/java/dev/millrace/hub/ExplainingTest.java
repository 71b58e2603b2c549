package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Explanation.Outcome;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Retention;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Why a stream was given an event, or was not; on loops and clocks turned by hand. */
class ExplainingTest {
    private final HandClock clock = new HandClock();
    private final HandLoop loop = new HandLoop();
    private final Hub hub = Hub.builder()
            .log(new MemoryLog(Retention.standard().eventsPerChannel(3), clock))
            .clock(clock)
            .monotonicClock(clock::monotonicMillis)
            .loop(new HandLoop())
            .build();

    @AfterEach
    void close() {
        hub.close();
    }

    @Test
    void anEventThatHasLeftWasWrittenBetweenItsTimeAndTheLastWrite() {
        BufferSink sink = new BufferSink();
        Subscriber client = open(Subscription.to(ChannelSet.of("orders/*")), sink);
        clock.pass(1000);
        Position id = publish("orders/42");
        long published = clock.millis();
        sink.read();
        clock.pass(5000);

        Explanation why = explain(client, id);
        assertThat(why.outcome()).isEqualTo(Outcome.WRITTEN);
        assertThat(why.outcome().written()).contains(true);
        assertThat(why.event())
                .hasValueSatisfying(event -> assertThat(event.position()).isEqualTo(id));
        assertThat(why.writtenAfterMillis()).contains(published);
        assertThat(why.writtenBeforeMillis()).contains(published);
    }

    @Test
    void aBroadcastReachesWhoListensToNothing() {
        BufferSink sink = new BufferSink();
        Subscriber client = open(Subscription.to(ChannelSet.NONE), sink);
        Position id = hub.broadcast("all", "x").toCompletableFuture().join();
        loop.turnAll();
        sink.read();
        assertThat(explain(client, id).outcome()).isEqualTo(Outcome.WRITTEN);
    }

    @Test
    void anEventThatTheConnectionHoldsIsBeingSent() {
        Subscriber client = open(Subscription.to(ChannelSet.of("a")), new BufferSink());
        assertThat(explain(client, publish("a")).outcome()).isEqualTo(Outcome.SENDING);
    }

    @Test
    void aSlowClientIsBehind() {
        Subscriber client = open(Subscription.to(ChannelSet.of("a")), new BufferSink(1, notice -> {}));
        publish("other");
        Explanation why = explain(client, publish("a"));
        assertThat(why.outcome()).isEqualTo(Outcome.BEHIND);
        assertThat(why.reason()).contains("1 events of the log to pass");
        assertThat(why.client().lag()).isEqualTo(1);
    }

    @Test
    void aStreamIsNotGivenWhatCameBeforeItUnlessItResumesThere() {
        Position first = publish("a");
        Position second = publish("a");
        BufferSink sink = new BufferSink();
        Subscriber fresh = open(Subscription.to(ChannelSet.of("a")), sink);
        assertThat(explain(fresh, second).outcome()).isEqualTo(Outcome.BEGAN_LATER);

        Subscriber resumed = open(Subscription.to(ChannelSet.of("a")).after(first.toString()), sink);
        sink.read();
        assertThat(explain(resumed, first).outcome()).isEqualTo(Outcome.BEGAN_LATER);
        assertThat(explain(resumed, second).outcome()).isEqualTo(Outcome.WRITTEN);
    }

    @Test
    void anInboxMayBeginEarlierThanTheOtherChannels() {
        Subscription request = Subscription.to(ChannelSet.of("user:1", "news")).of("1");
        BufferSink first = new BufferSink();
        Subscriber away = open(request, first);
        publish("user:1");
        first.read();
        away.disconnected();
        Position news = publish("news");
        Position letter = publish("user:1");
        BufferSink sink = new BufferSink();
        Subscriber back = open(request, sink);
        sink.read();
        assertThat(explain(back, letter).outcome()).isEqualTo(Outcome.WRITTEN);
        assertThat(explain(back, news).outcome()).isEqualTo(Outcome.BEGAN_LATER);
    }

    @Test
    void steeringCountsFromItsPlaceInTheOrder() {
        BufferSink sink = new BufferSink();
        Subscriber client = open(Subscription.to(ChannelSet.of("a")), sink);
        Position before = publish("b");
        steered(client.subscribe("b"));
        Position during = publish("b");
        steered(client.unsubscribe("b"));
        Position after = publish("b");
        sink.read();

        Explanation early = explain(client, before);
        assertThat(early.outcome()).isEqualTo(Outcome.NOT_MATCHED);
        assertThat(early.reason()).contains("it was subscribed to b only after " + before);
        assertThat(explain(client, during).outcome()).isEqualTo(Outcome.WRITTEN);
        Explanation late = explain(client, after);
        assertThat(late.outcome()).isEqualTo(Outcome.NOT_MATCHED);
        assertThat(late.reason()).contains("left b after " + during);
    }

    @Test
    void whatATokenNoLongerGrantsIsNotAuthorised() {
        Subscriber client = open(Subscription.to(ChannelSet.of("a", "secret")), new BufferSink());
        steered(client.keepOnly("a"::equals));
        Explanation why = explain(client, publish("secret"));
        assertThat(why.outcome()).isEqualTo(Outcome.NOT_AUTHORISED);
        assertThat(why.outcome().authorised()).contains(false);
    }

    @Test
    void moreChangesThanAreRememberedAreOwnedUpTo() {
        Subscriber client = open(Subscription.to(ChannelSet.of("a")), new BufferSink());
        Position early = publish("a");
        for (int i = 0; i < Trail.MAX_CHANGES; i++) {
            steered(client.subscribe("c" + i));
        }
        assertThat(explain(client, early).outcome()).isEqualTo(Outcome.SENDING);
        steered(client.subscribe("one-more"));
        assertThat(explain(client, early).outcome()).isEqualTo(Outcome.FORGOTTEN);
    }

    @Test
    void whatIsNoLongerKeptIsAGapOnlyWhereOneWasTold() {
        BufferSink slow = new BufferSink(1, notice -> {});
        Subscriber client = open(Subscription.to(ChannelSet.of("a")), slow);
        BufferSink quick = new BufferSink();
        Subscriber other = open(Subscription.to(ChannelSet.of("a")), quick);
        Position lost = publish("a");
        for (int i = 0; i < 5; i++) {
            publish("a");
        }
        Explanation before = explain(client, lost);
        assertThat(before.outcome()).isEqualTo(Outcome.NOT_KEPT);
        assertThat(before.reason()).contains("has not come to");
        slow.read();
        client.writable();
        loop.turnAll();
        assertThat(explain(client, lost).outcome()).isEqualTo(Outcome.GAP);
        Explanation unknown = explain(other, lost);
        assertThat(unknown.outcome()).isEqualTo(Outcome.NOT_KEPT);
        assertThat(unknown.outcome().written()).isEmpty();
    }

    @Test
    void anIdThatNoEventHasIsUnknown() {
        Subscriber client = open(Subscription.to(ChannelSet.of("a")), new BufferSink());
        Position last = publish("a");
        for (String id : List.of(
                "nonsense",
                last.at(last.offset() + 1).toString(),
                last.at(0).toString(),
                new Position(last.epoch() - 1, 1).toString())) {
            assertThat(explain(client, id).outcome()).as(id).isEqualTo(Outcome.UNKNOWN_EVENT);
        }
    }

    @Test
    void clientsAreListedInPagesByTheirIds() {
        for (int i = 0; i < 25; i++) {
            Subscription request = Subscription.to(ChannelSet.of(i % 5 == 0 ? "five/" + i : "a"))
                    .as("client-%02d-of-this-test".formatted(i))
                    .of(i == 7 ? "anna" : "bert");
            open(request, new BufferSink());
        }
        assertThat(ids(query("", 10))).hasSize(10).isSorted().startsWith("client-00-of-this-test");
        assertThat(ids(query("client-19-of-this-test", 10))).hasSize(5).startsWith("client-20-of-this-test");
        assertThat(ids(new ClientQuery(Optional.empty(), Optional.of("anna"), Optional.empty(), "", 10)))
                .containsExactly("client-07-of-this-test");
        assertThat(ids(new ClientQuery(
                        Optional.empty(), Optional.empty(), Optional.of(ChannelName.of("five/10")), "", 10)))
                .containsExactly("client-10-of-this-test");
        assertThat(ids(ClientQuery.of("client-03-of-this-test"))).containsExactly("client-03-of-this-test");
    }

    private static ClientQuery query(String after, int limit) {
        return new ClientQuery(Optional.empty(), Optional.empty(), Optional.empty(), after, limit);
    }

    private List<String> ids(ClientQuery query) {
        CompletableFuture<List<ClientInfo>> found =
                hub.presence().clients(query).toCompletableFuture();
        loop.turnAll();
        return found.join().stream().map(client -> client.listener().clientId()).toList();
    }

    private Explanation explain(Subscriber client, Position id) {
        return explain(client, id.toString());
    }

    private Explanation explain(Subscriber client, String id) {
        CompletableFuture<Explanation> why = client.explain(id).toCompletableFuture();
        loop.turnAll();
        return why.join();
    }

    private void steered(CompletionStage<ChannelSet> change) {
        loop.turnAll();
        change.toCompletableFuture().join();
    }

    private Subscriber open(Subscription request, BufferSink sink) {
        CompletableFuture<Subscriber> opened = hub.open(request, sink, loop).toCompletableFuture();
        loop.turnAll();
        return opened.join();
    }

    private Position publish(String channel) {
        Position id = hub.publish(channel, "x").toCompletableFuture().join();
        loop.turnAll();
        return id;
    }
}
