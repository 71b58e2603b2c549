package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Retention;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream on a log that has to be asked for its channels, and does not hear them at once. */
class HearingTest {
    private final HandClock clock = new HandClock();
    private final HandLoop loop = new HandLoop();
    private final HearingLog log = new HearingLog(new MemoryLog(Retention.standard(), clock));
    private final Hub hub = Hub.builder()
            .log(log)
            .clock(clock)
            .monotonicClock(clock::monotonicMillis)
            .loop(new HandLoop())
            .build();
    private final BufferSink sink = new BufferSink();

    @AfterEach
    void close() {
        hub.close();
    }

    private CompletableFuture<Subscriber> open(String... channels) {
        CompletableFuture<Subscriber> opened =
                hub.open(Subscription.to(ChannelSet.of(channels)), sink, loop).toCompletableFuture();
        loop.turnAll();
        return opened;
    }

    private void publish(String channel, String data) {
        hub.publish(channel, data);
        loop.turnAll();
    }

    private List<String> data() {
        return sink.buffer.stream()
                .filter(Event.class::isInstance)
                .map(item -> ((Event) item).data())
                .toList();
    }

    @Test
    void beginsWhenItsChannelsAreHeard() {
        log.deafen();
        CompletableFuture<Subscriber> opened = open("a");
        publish("a", "before");
        assertThat(opened).isNotDone();
        log.heal();
        loop.turnAll();
        assertThat(opened).isCompleted();
        publish("a", "after");
        assertThat(data()).containsExactly("after");
    }

    @Test
    void readsByItselfWhileItsChannelsAreNotHeard() {
        log.deafen();
        CompletableFuture<Subscriber> opened = open("a");
        log.giveUp();
        loop.turnAll();
        assertThat(opened).isCompleted();
        assertThat(hub.statistics().lagging()).isEqualTo(1);
        publish("a", "1");
        assertThat(loop.turn()).as("it goes round and round").isFalse();
        loop.tick();
        loop.turnAll();
        assertThat(data()).containsExactly("1");
        log.heal();
        loop.tick();
        loop.turnAll();
        assertThat(hub.statistics().lagging()).isZero();
        publish("a", "2");
        assertThat(data()).containsExactly("1", "2");
    }

    @Test
    void isSteeredWhenItsNewChannelIsHeardAndInOrder() {
        Subscriber stream = open("a").join();
        log.deafen();
        CompletableFuture<ChannelSet> more = stream.subscribe("b").toCompletableFuture();
        CompletableFuture<ChannelSet> less = stream.unsubscribe("b").toCompletableFuture();
        CompletableFuture<ChannelSet> again = stream.subscribe("b").toCompletableFuture();
        loop.turnAll();
        publish("b", "before");
        assertThat(more).isNotDone();
        log.heal();
        loop.turnAll();
        assertThat(again).isCompletedWithValue(ChannelSet.of("a", "b"));
        assertThat(less).isCompletedWithValue(ChannelSet.of("a"));
        publish("b", "after");
        assertThat(data()).containsExactly("after");
        assertThat(sink.buffer.stream().filter(item -> item instanceof Notice.Subscribed))
                .hasSize(2);
    }

    @Test
    void readsByItselfWhatItWasSteeredToAndIsNotHeard() {
        Subscriber stream = open("a").join();
        log.deafen();
        stream.subscribe("b");
        log.giveUp();
        loop.turnAll();
        assertThat(hub.statistics().lagging()).isEqualTo(1);
        publish("b", "1");
        loop.tick();
        loop.turnAll();
        assertThat(data()).containsExactly("1");
    }

    @Test
    void takesBackWhatItAskedForWheneverItEnds() {
        Random random = new Random(23);
        List<Subscriber> open = new ArrayList<>();
        for (int step = 0; step < 2000; step++) {
            switch (random.nextInt(6)) {
                case 0 -> log.deafen();
                case 1 -> log.heal();
                case 2 -> open("a", "b" + random.nextInt(3)).thenAccept(open::add);
                case 3 -> any(open, random).subscribe(random.nextInt(4) + "*");
                case 4 -> any(open, random).unsubscribe("b" + random.nextInt(3));
                default -> any(open, random).disconnected();
            }
            if (random.nextBoolean()) {
                loop.turnAll();
            }
        }
        assertThat(log.wanted()).isNotEmpty();
        log.heal();
        loop.turnAll();
        open.forEach(Subscriber::disconnected);
        loop.turnAll();
        assertThat(hub.statistics().connections()).isZero();
        assertThat(log.wanted()).isEmpty();
    }

    private Subscriber any(List<Subscriber> open, Random random) {
        if (open.isEmpty()) {
            log.heal();
            open("a").thenAccept(open::add);
        }
        return open.get(random.nextInt(open.size()));
    }
}
