package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Retention;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What nobody listens to wakes no loop, and what somebody listens to always does. */
class UnheardTest {
    private final HandClock clock = new HandClock();
    private final HandLoop loop = new HandLoop();
    private final HandLoop other = new HandLoop();
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
    void wakesTheLoopsOfListenersAlone() {
        BufferSink exact = open(loop, "news");
        BufferSink pattern = open(other, "sport/*");

        publish("weather");
        assertThat(loop.turn() || other.turn()).as("a loop was woken").isFalse();
        publish("news");
        assertThat(other.turn()).as("the other loop was woken").isFalse();
        assertThat(loop.turn()).isTrue();
        publish("sport/1");
        assertThat(loop.turn()).as("the other loop was woken").isFalse();
        assertThat(other.turn()).isTrue();
        assertThat(channels(exact)).containsExactly("news");
        assertThat(channels(pattern)).containsExactly("sport/1");
    }

    @Test
    void wakesAllLoopsForABroadcast() {
        BufferSink exact = open(loop, "news");
        BufferSink pattern = open(other, "sport/*");
        done(hub.broadcast("", "to all"));
        loop.turnAll();
        other.turnAll();
        assertThat(channels(exact)).containsExactly("$all");
        assertThat(channels(pattern)).containsExactly("$all");
    }

    @Test
    void wakesNoLoopForWhatIsNotKeptAndNotHeard() {
        BufferSink sink = open(loop, "news");
        done(hub.publish(Publication.to(ChannelName.of("typing"), "x").unkept()));
        assertThat(loop.turn()).as("the loop was woken").isFalse();
        done(hub.publish(Publication.to(ChannelName.of("news"), "x").unkept()));
        loop.turnAll();
        assertThat(channels(sink)).containsExactly("news");
    }

    @Test
    void keepsItsPlaceAtTheEndOfTheLog() {
        BufferSink sink = new BufferSink();
        Subscriber subscriber = open(loop, sink, "news");
        Position last = publish("weather");
        for (int i = 0; i < 100; i++) {
            last = publish("weather"); // far more than is kept of it
        }
        assertThat(subscriber.position()).isEqualTo(last);
        assertThat(hub.statistics().waiting()).isZero();

        publish("news");
        loop.turnAll();
        assertThat(channels(sink)).containsExactly("news");
        assertThat(sink.buffer).as("nothing that it listens to was lost").noneMatch(Notice.Gap.class::isInstance);
    }

    @Test
    void deliversWhatIsPublishedAfterItWasSteered() {
        BufferSink sink = new BufferSink();
        Subscriber subscriber = open(loop, sink, "news");
        publish("weather");
        CompletionStage<ChannelSet> more = subscriber.subscribe("weather");
        loop.turnAll();
        done(more);
        publish("weather");
        publish("news");
        loop.turnAll();
        assertThat(channels(sink)).containsExactly("weather", "news");

        CompletionStage<ChannelSet> less = subscriber.unsubscribe("weather");
        loop.turnAll();
        done(less);
        publish("weather");
        assertThat(loop.turn()).as("the loop was woken").isFalse();
    }

    @Test
    void wakesALoopNoMoreWhenItsListenersHaveGone() {
        Subscriber subscriber = open(loop, new BufferSink(), "news", "sport/*");
        subscriber.disconnected();
        publish("news");
        publish("sport/1");
        done(hub.broadcast("", "to all"));
        assertThat(loop.turn()).as("the loop was woken").isFalse();
    }

    @Test
    void wakesTheLoopOfAListenerThatComesWhileItIsLookedFor() {
        open(loop, "news");
        Dispatcher dispatcher = hub.dispatchers().get(0);
        Position before = dispatcher.position();
        Event event = new Event(before.at(before.offset() + 1), ChannelName.of("weather"), "", "x", 0, true);
        dispatcher.appended(before, new AbstractList<>() {
            private int looks;

            @Override
            public Event get(int index) {
                looks++;
                return event;
            }

            @Override
            public int size() {
                if (looks == 2) { // once for its place, and once for who listens to it
                    dispatcher.group(ChannelSet.of("weather"), new BufferSink().form());
                }
                return 1;
            }
        });
        assertThat(loop.turn()).as("the loop was woken").isTrue();
    }

    @Test
    void missesNothingWhereOthersPublishWhileListenersComeAndAreSteered() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (Hub real = Hub.inMemory()) {
            List<CompletableFuture<Void>> publishers = List.of(noise(real, isOver), noise(real, isOver));
            Semaphore heard = new Semaphore(0);
            Subscriber steered = real.subscribe("nothing", event -> heard.release());
            for (int round = 0; round < 500; round++) {
                String channel = "channel/" + round;
                Semaphore own = new Semaphore(0);
                Subscriber fresh = real.subscribe(channel, event -> own.release());
                done(steered.subscribe(channel));
                done(real.publish(channel, "x"));
                assertThat(own.tryAcquire(30, TimeUnit.SECONDS))
                        .as("one that came")
                        .isTrue();
                assertThat(heard.tryAcquire(30, TimeUnit.SECONDS))
                        .as("one that was steered")
                        .isTrue();
                fresh.close(Notice.Reason.DRAINING);
                done(steered.unsubscribe(channel));
            }
            isOver.set(true);
            for (CompletableFuture<Void> publisher : publishers) {
                publisher.get(30, TimeUnit.SECONDS);
            }
        } finally {
            isOver.set(true);
        }
    }

    /** Publishes what nobody hears, until told to end. */
    private static CompletableFuture<Void> noise(Hub hub, AtomicBoolean isOver) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            while (!isOver.get()) {
                done(hub.publish("noise", "x"));
            }
            ended.complete(null);
        });
        thread.setDaemon(true);
        thread.start();
        return ended;
    }

    private BufferSink open(HandLoop on, String... channels) {
        BufferSink sink = new BufferSink();
        open(on, sink, channels);
        return sink;
    }

    private Subscriber open(HandLoop on, BufferSink sink, String... channels) {
        Subscriber subscriber = done(hub.open(Subscription.to(ChannelSet.of(channels)), sink, on));
        on.turnAll();
        return subscriber;
    }

    private Position publish(String channel) {
        return done(hub.publish(channel, "x"));
    }

    private static <T> T done(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private static List<String> channels(BufferSink sink) {
        return sink.buffer.stream()
                .filter(Event.class::isInstance)
                .map(item -> ((Event) item).channel().value())
                .toList();
    }
}
