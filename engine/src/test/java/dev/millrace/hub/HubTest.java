package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Retention;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A hub on loops and clocks turned by hand. */
class HubTest {
    private static final String ID = "client-id-of-16-chars";

    private final HandClock clock = new HandClock();
    private final HandLoop loop = new HandLoop();
    private final MemoryLog log = new MemoryLog(Retention.standard().eventsPerChannel(100), clock);
    private final HubSettings settings = new HubSettings(
            3,
            5,
            1000,
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Optional.of(Duration.ofMinutes(10)),
            ChannelSet.of("user:*"));
    private final Hub hub = Hub.builder()
            .log(log)
            .clock(clock)
            .monotonicClock(clock::monotonicMillis)
            .settings(settings)
            .loop(new HandLoop())
            .build();

    @AfterEach
    void close() {
        hub.close();
    }

    // ---- listening ----

    @Test
    void greetsWithThePlaceWhereTheStreamBegins() {
        Position place = publish("news", "before");
        BufferSink sink = new BufferSink();
        Subscriber subscriber = open(Subscription.to(ChannelSet.of("news")), sink);
        publish("news", "after");
        loop.turnAll();

        assertThat(sink.buffer.get(0))
                .isEqualTo(new Notice.Connected(subscriber.id(), ChannelSet.of("news"), place, Optional.empty()));
        assertThat(data(sink)).containsExactly("after");
    }

    @Test
    void resumesAfterAnIdWithoutLossOrDouble() {
        publish("news", "1");
        Position second = publish("news", "2");
        publish("other", "x");
        publish("news", "3");
        BufferSink sink = new BufferSink();
        open(Subscription.to(ChannelSet.of("news")).after(second.toString()), sink);
        publish("news", "4");
        loop.turnAll();

        assertThat(connected(sink).resumed()).contains(true);
        assertThat(data(sink)).containsExactly("3", "4");
    }

    @Test
    void announcesAGapForAnUnreadableIdAndGivesAllThatIsKept() {
        publish("news", "1");
        BufferSink sink = new BufferSink();
        open(Subscription.to(ChannelSet.of("news")).after("what is this"), sink);

        assertThat(connected(sink).resumed()).contains(false);
        assertThat(sink.buffer.subList(1, 3)).allMatch(Notice.Gap.class::isInstance);
        assertThat(data(sink)).containsExactly("1");
    }

    @Test
    void replaysHistoryOnAFirstConnectOnly() {
        publish("news", "1");
        Position second = publish("news", "2");
        publish("news", "3");
        BufferSink first = new BufferSink();
        open(Subscription.to(ChannelSet.of("news")).withHistory(2), first);
        assertThat(data(first)).containsExactly("2", "3");

        BufferSink again = new BufferSink();
        open(Subscription.to(ChannelSet.of("news")).withHistory(2).after(second.toString()), again);
        assertThat(data(again)).containsExactly("3");
    }

    @Test
    void servesASlowListenerFromTheHistoryAndTheOthersAtOnce() {
        BufferSink slow = new BufferSink(2, notice -> {});
        BufferSink quick = new BufferSink();
        Subscriber stalled = open(Subscription.to(ChannelSet.of("news")), slow);
        open(Subscription.to(ChannelSet.of("news")), quick);
        for (int i = 0; i < 50; i++) {
            publish("news", "" + i);
            loop.turnAll();
        }
        assertThat(data(quick)).hasSize(50);
        assertThat(slow.buffer)
                .as("the greeting and one batch: it has no queue")
                .hasSize(2);
        assertThat(hub.statistics().lagging()).isEqualTo(1);

        List<Object> all = new java.util.ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.addAll(slow.read());
            stalled.writable();
            loop.turnAll();
        }
        assertThat(all.stream().filter(Event.class::isInstance)).hasSize(50);
        assertThat(hub.statistics().lagging()).isZero();
    }

    @Test
    void refusesTooManyStreamsAndTooManyChannels() {
        for (int i = 0; i < 3; i++) {
            open(Subscription.to(ChannelSet.NONE), new BufferSink());
        }
        assertThatThrownBy(() -> open(Subscription.to(ChannelSet.NONE), new BufferSink()))
                .hasCauseInstanceOf(HubFullException.class);
        hub.subscribers().iterator().next().disconnected();
        assertThatThrownBy(() -> open(Subscription.to(ChannelSet.of("a", "b", "c", "d", "e", "f")), new BufferSink()))
                .hasCauseInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 5 channels");
    }

    // ---- publishing ----

    @Test
    void countsEachRecipientOnce() {
        open(Subscription.to(ChannelSet.of("orders/1", "orders/*", "*")), new BufferSink());
        open(Subscription.to(ChannelSet.of("orders/1")), new BufferSink());
        assertThat(hub.recipients(ChannelName.of("orders/1"))).isEqualTo(2);
        assertThat(hub.recipients(ChannelName.of("orders/2"))).isEqualTo(1);
        assertThat(hub.recipients(ChannelName.ALL)).isEqualTo(2);
    }

    @Test
    void givesNoBroadcastToAStreamThatWantsNone() {
        BufferSink sink = new BufferSink();
        open(Subscription.to(ChannelSet.of("room").withoutBroadcasts()), sink);
        BufferSink other = new BufferSink();
        open(Subscription.to(ChannelSet.of("room")), other);
        loop.turnAll();
        assertThat(hub.recipients(ChannelName.ALL)).isEqualTo(1);

        hub.broadcast("all", "to all");
        publish("room", "to the room");
        loop.turnAll();
        assertThat(data(sink)).containsExactly("to the room");
        assertThat(data(other)).containsExactly("to all", "to the room");
    }

    @Test
    void passesAnUnkeptEventInItsPlaceToThoseWhoListenNow() {
        BufferSink sink = new BufferSink();
        open(Subscription.to(ChannelSet.of("chat")), sink);
        publish("chat", "1");
        hub.publish(Publication.to(ChannelName.of("chat"), "typing").unkept());
        publish("chat", "2");
        loop.turnAll();
        BufferSink late = new BufferSink();
        open(Subscription.to(ChannelSet.of("chat")).after(Subscription.EARLIEST), late);

        assertThat(data(sink)).containsExactly("1", "typing", "2");
        assertThat(data(late)).containsExactly("1", "2");
    }

    @Test
    void refusesAnEventThatIsTooLarge() {
        assertThatThrownBy(() -> publish("a", "\u00e9".repeat(501))).isInstanceOf(EventTooLargeException.class);
        publish("a", "\u00e9".repeat(500));
    }

    @Test
    void letsNobodyForgeItsOwnEvents() {
        Subscriber subscriber = open(Subscription.to(ChannelSet.of("a")), new BufferSink());
        for (String name : List.of(
                "connected", "subscribed", "unsubscribed", "gap", "expired", "closing", "heartbeat", "open", "error")) {
            for (Runnable forging : List.<Runnable>of(
                    () -> hub.publish("a", name, "x"),
                    () -> hub.broadcast(name, "x"),
                    () -> hub.send(listener -> false, name, "x"),
                    () -> subscriber.send(name, "x"),
                    () -> hub.order(new Order(ID, Order.Mandate.forAll(), new Order.Deed.Send(name, "x"))))) {
                assertThatThrownBy(forging::run)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("event must not be " + name);
            }
        }
        assertThat(log.last().offset()).isZero();
    }

    @Test
    void holdsProducersBackWhileItIsFarBehind() {
        open(Subscription.to(ChannelSet.of("a")), new BufferSink());
        assertThat(isDone(hub.room())).isTrue();
        for (int i = 0; i < 9000; i++) {
            publish("a", "x");
        }
        CompletionStage<Void> room = hub.room();
        assertThat(isDone(room)).isFalse();
        loop.turnAll();
        assertThat(isDone(room)).isTrue();
    }

    @Test
    void sendsToTheStreamsThatAFilterTakes() {
        BufferSink anna = new BufferSink();
        BufferSink bert = new BufferSink();
        open(Subscription.to(ChannelSet.NONE).of("anna"), anna);
        open(Subscription.to(ChannelSet.NONE).of("bert"), bert);
        CompletionStage<Delivery> delivery =
                hub.send(listener -> listener.user().equals(Optional.of("anna")), "hello", "you");
        loop.turnAll();

        assertThat(delivery.toCompletableFuture().join()).isEqualTo(new Delivery(1, 0, 1));
        assertThat(anna.buffer).contains(new Notice.Message("hello", "you"));
        assertThat(bert.buffer).hasSize(1);
    }

    // ---- steering ----

    @Test
    void steersExactlyBetweenTwoEvents() {
        BufferSink sink = new BufferSink();
        Subscriber subscriber = open(Subscription.to(ChannelSet.of("a")), sink);
        publish("b", "before");
        loop.turnAll();
        subscriber.subscribe("b");
        loop.turnAll();
        publish("b", "after");
        loop.turnAll();
        CompletionStage<ChannelSet> left = subscriber.unsubscribe("b");
        loop.turnAll();
        assertThat(left.toCompletableFuture().join()).isEqualTo(ChannelSet.of("a"));
        publish("b", "too late");
        loop.turnAll();

        assertThat(sink.buffer.subList(1, 4).stream().map(item -> item instanceof Event e ? e.data() : item))
                .containsExactly(new Notice.Subscribed("b"), "after", new Notice.Unsubscribed("b"));
        assertThat(sink.buffer).hasSize(4);
    }

    @Test
    void findsItsSteeredChannelsWhenItComesBack() {
        Subscriber subscriber = open(Subscription.to(ChannelSet.of("a", "b")).as(ID), new BufferSink());
        subscriber.subscribe("c");
        subscriber.unsubscribe("b");
        loop.turnAll();
        subscriber.disconnected();
        BufferSink back = new BufferSink();
        Subscriber again = open(Subscription.to(ChannelSet.of("a", "b")).as(ID), back);
        assertThat(again.channels()).isEqualTo(ChannelSet.of("a", "c"));

        again.disconnected();
        clock.pass(121_000);
        assertThat(open(Subscription.to(ChannelSet.of("a", "b")).as(ID), back).channels())
                .isEqualTo(ChannelSet.of("a", "b"));
    }

    @Test
    void replacesTheStreamOfTheSameClientAndRefusesAnothers() {
        BufferSink old = new BufferSink();
        open(Subscription.to(ChannelSet.of("a")).as(ID).of("anna"), old);
        assertThatThrownBy(() -> open(Subscription.to(ChannelSet.of("a")).as(ID).of("bert"), new BufferSink()))
                .hasCauseInstanceOf(ClientIdTakenException.class);
        Subscriber now = open(Subscription.to(ChannelSet.of("a")).as(ID).of("anna"), new BufferSink());
        loop.turnAll();

        assertThat(old.buffer).contains(new Notice.Closing(Notice.Reason.REPLACED));
        assertThat(old.isEnded).isTrue();
        assertThat(hub.subscriber(ID)).containsSame(now);
        assertThat(hub.recipients(ChannelName.of("a"))).isEqualTo(1);
    }

    @Test
    void takesAwayWhatIsNoLongerGranted() {
        BufferSink sink = new BufferSink();
        Subscriber subscriber = open(Subscription.to(ChannelSet.of("a", "b")), sink);
        subscriber.keepOnly("a"::equals);
        loop.turnAll();
        publish("b", "secret");
        loop.turnAll();
        assertThat(subscriber.channels()).isEqualTo(ChannelSet.of("a"));
        assertThat(data(sink)).isEmpty();
    }

    @Test
    void kicksAllStreamsOfAUser() {
        BufferSink sink = new BufferSink();
        open(Subscription.to(ChannelSet.NONE).of("anna"), sink);
        open(Subscription.to(ChannelSet.NONE).of("bert"), new BufferSink());
        assertThat(hub.kick("anna")).isEqualTo(1);
        loop.turnAll();
        assertThat(sink.buffer).contains(new Notice.Closing(Notice.Reason.KICKED));
        assertThat(hub.statistics().connections()).isEqualTo(1);
    }

    // ---- inboxes ----

    @Test
    void givesAUserWhatCameWhileAway() {
        BufferSink first = new BufferSink();
        Subscriber subscriber = open(Subscription.to(ChannelSet.of("user:1", "news")), first);
        publish("user:1", "1");
        loop.turnAll();
        first.read();
        subscriber.disconnected();
        publish("user:1", "2");
        publish("news", "not an inbox");
        hub.broadcast("all", "not an inbox either");
        publish("user:1", "3");
        BufferSink back = new BufferSink();
        open(Subscription.to(ChannelSet.of("user:1", "news")), back);
        publish("news", "4");
        loop.turnAll();

        assertThat(data(back)).containsExactly("2", "3", "4");
    }

    @Test
    void givesAUserWhatItsFirstStreamWasNotGivenThoughThatCameWithAnId() {
        String id = publish("user:1", "1").toString();
        publish("user:1", "2");
        BufferSink first = new BufferSink();
        Subscriber subscriber = open(Subscription.to(ChannelSet.of("user:1")).after(id), first);
        publish("user:1", "3");
        loop.turnAll();
        subscriber.disconnected(); // nothing of it was read
        publish("user:1", "4");
        BufferSink back = new BufferSink();
        open(Subscription.to(ChannelSet.of("user:1")), back);
        loop.turnAll();

        assertThat(data(back)).containsExactly("2", "3", "4");
    }

    @Test
    void letsAnIdMoveNoBookmark() {
        BufferSink first = new BufferSink();
        Subscriber subscriber = open(Subscription.to(ChannelSet.of("user:1")), first);
        first.read();
        subscriber.writable();
        publish("user:1", "1");
        String id = publish("user:1", "2").toString();
        subscriber.disconnected();
        Subscriber unread = open(Subscription.to(ChannelSet.of("user:1")).after(id), new BufferSink());
        unread.disconnected();
        BufferSink back = new BufferSink();
        open(Subscription.to(ChannelSet.of("user:1")), back);

        assertThat(data(back)).containsExactly("1", "2");
    }

    @Test
    void givesASecondTabNothingTwice() {
        BufferSink first = new BufferSink();
        open(Subscription.to(ChannelSet.of("user:1")), first);
        first.read();
        publish("user:1", "1");
        loop.turnAll();
        BufferSink second = new BufferSink();
        open(Subscription.to(ChannelSet.of("user:1")), second);
        assertThat(data(second)).as("the first tab has it, but has not read it").containsExactly("1");
        first.read();
        publish("user:1", "2");
        loop.turnAll();
        first.read();
        publish("user:1", "3");
        loop.turnAll();

        BufferSink third = new BufferSink();
        open(Subscription.to(ChannelSet.of("user:1")), third);
        assertThat(data(third)).as("2 was read").containsExactly("3");
    }

    // ---- deadlines ----

    @Test
    void beatsWhenNothingElseCame() {
        BufferSink sink = new BufferSink();
        open(Subscription.to(ChannelSet.of("a")), sink);
        sink.read();
        pass(9_000);
        publish("a", "x");
        loop.turnAll();
        sink.read();
        pass(9_000);
        assertThat(sink.buffer).isEmpty();
        pass(1_500);
        assertThat(sink.buffer).hasSize(1).allMatch(Notice.Heartbeat.class::isInstance);
    }

    @Test
    void dropsAPeerThatTakesNothing() {
        BufferSink sink = new BufferSink(1, notice -> {});
        open(Subscription.to(ChannelSet.of("a")), sink);
        publish("a", "x");
        loop.turnAll();
        pass(19_000);
        assertThat(sink.isAborted).isFalse();
        pass(2_000);
        assertThat(sink.isAborted).isTrue();
        assertThat(hub.statistics().connections()).isZero();
        assertThat(hub.statistics().lagging()).isZero();
    }

    @Test
    void endsAStreamWhenItsPermissionEndsUnlessRenewed() {
        BufferSink sink = new BufferSink();
        BufferSink renewed = new BufferSink();
        Subscription request =
                Subscription.to(ChannelSet.of("a")).until(clock.instant().plusSeconds(5));
        open(request, sink);
        open(request, renewed).renew(Optional.of(clock.instant().plusSeconds(100)));
        loop.turnAll();
        pass(5_500);
        publish("a", "too late");
        loop.turnAll();

        assertThat(sink.buffer).hasSize(2).contains(new Notice.Expired());
        assertThat(sink.isEnded).isTrue();
        assertThat(renewed.isEnded).isFalse();
    }

    @Test
    void endsAStuckStreamByForceWhenItsPermissionEnds() {
        BufferSink sink = new BufferSink(1, notice -> {});
        open(Subscription.to(ChannelSet.of("a")).until(clock.instant().plusSeconds(5)), sink);
        pass(7_000);
        assertThat(sink.isAborted).isTrue();
    }

    @Test
    void endsAStreamOfTheGreatestAge() {
        BufferSink sink = new BufferSink();
        open(Subscription.to(ChannelSet.of("a")), sink);
        for (int i = 0; i < 530; i++) {
            pass(1_000);
            sink.read();
        }
        assertThat(sink.isEnded).isFalse();
        while (!sink.isEnded && clock.monotonicMillis() < 700_000) {
            sink.read();
            pass(1_000);
        }
        assertThat(sink.buffer).contains(new Notice.Closing(Notice.Reason.AGE));
    }

    @Test
    void tellsEveryoneWhenItDrains() {
        BufferSink sink = new BufferSink();
        open(Subscription.to(ChannelSet.of("a")), sink);
        hub.drain();
        loop.turnAll();
        assertThat(sink.buffer).contains(new Notice.Closing(Notice.Reason.DRAINING));
        assertThatThrownBy(() -> open(Subscription.to(ChannelSet.NONE), new BufferSink()))
                .cause()
                .isInstanceOfSatisfying(
                        HubFullException.class, e -> assertThat(e.reason()).isEqualTo(Notice.Reason.DRAINING));
    }

    // ---- helpers ----

    private Subscriber open(Subscription request, BufferSink sink) {
        CompletableFuture<Subscriber> opened = hub.open(request, sink, loop).toCompletableFuture();
        loop.turnAll();
        return opened.join();
    }

    private Position publish(String channel, String data) {
        return hub.publish(channel, data).toCompletableFuture().join();
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += 250) {
            clock.pass(250);
            loop.tick();
            loop.turnAll();
        }
    }

    private static boolean isDone(CompletionStage<?> stage) {
        return stage.toCompletableFuture().isDone();
    }

    private static Notice.Connected connected(BufferSink sink) {
        return (Notice.Connected) sink.buffer.get(0);
    }

    private static List<String> data(BufferSink sink) {
        return sink.buffer.stream()
                .filter(Event.class::isInstance)
                .map(item -> ((Event) item).data())
                .toList();
    }
}
