package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.ForwardingLog;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stream whose beginning the log has to look for in what is away. */
class FirstWordsTest {
    /** A log whose cursors come when the test says so. */
    private static final class AwayLog extends ForwardingLog {
        private final CompletableFuture<Void> back = new CompletableFuture<>();

        AwayLog(EventLog log) {
            super(log);
        }

        @Override
        public CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready) {
            return start instanceof Start.Earliest
                    ? back.thenCompose(done -> super.open(channels, start, ready))
                    : super.open(channels, start, ready);
        }
    }

    private final HandClock clock = new HandClock();
    private final HandLoop loop = new HandLoop();
    private final AwayLog log = new AwayLog(new MemoryLog(Retention.standard(), clock));
    private final Hub hub = Hub.builder()
            .log(log)
            .clock(clock)
            .monotonicClock(clock::monotonicMillis)
            .loop(new HandLoop())
            .build();
    private boolean isSinkBroken;
    private final BufferSink sink = new BufferSink(Integer.MAX_VALUE, notice -> {
        if (isSinkBroken) {
            throw new NoClassDefFoundError("no/such/Thing");
        }
    });
    private final List<Object> said = new ArrayList<>();
    private final CompletableFuture<Subscriber> opened = open();

    private CompletableFuture<Subscriber> open() {
        hub.publish("a", "1");
        Subscription request = Subscription.to(ChannelSet.of("a")).after(Subscription.EARLIEST);
        CompletableFuture<Subscriber> stream = hub.open(request, sink, loop).toCompletableFuture();
        loop.turnAll();
        return stream;
    }

    @AfterEach
    void close() {
        hub.close();
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += Wheel.TICK_MILLIS) {
            clock.pass(Wheel.TICK_MILLIS);
            loop.tick();
            loop.turnAll();
            listen();
        }
    }

    /** The peer reads what there is. */
    private void listen() {
        said.addAll(sink.read());
        if (opened.isDone() && !opened.isCompletedExceptionally()) {
            opened.join().writable();
        }
    }

    @Test
    void areSaidAtOnceWhereTheyAreKnown() {
        log.back.complete(null);
        loop.turnAll();
        listen();
        assertThat(said.get(0)).isInstanceOf(Notice.Connected.class);
        pass(2000);
        assertThat(said).noneMatch(Notice.Heartbeat.class::isInstance);
    }

    @Test
    void areASignOfLifeWhereTheyTakeLong() {
        listen();
        assertThat(said).isEmpty();
        assertThat(opened).isNotDone();
        pass(FirstWords.PATIENCE_MILLIS + Wheel.TICK_MILLIS);
        assertThat(said).singleElement().isInstanceOf(Notice.Heartbeat.class);
        assertThat(opened).isCompleted();
        assertThat(hub.statistics().connections()).isEqualTo(1);
        pass(3 * hub.settings().heartbeat().toMillis());
        assertThat(said).hasSizeGreaterThan(2).allMatch(Notice.Heartbeat.class::isInstance);

        hub.publish("a", "2");
        log.back.complete(null);
        loop.turnAll();
        listen();
        List<Object> words = said.stream()
                .filter(word -> !(word instanceof Notice.Heartbeat))
                .toList();
        assertThat(words.get(0)).isInstanceOf(Notice.Connected.class);
        assertThat(words.subList(1, words.size()).stream().map(event -> ((Event) event).data()))
                .containsExactly("1", "2");
        assertThat(hub.statistics().connections()).isEqualTo(1);
    }

    @Test
    void tellWhatTheStreamWasSteeredToMeanwhile() {
        pass(1500);
        opened.join().subscribe("b");
        hub.publish("b", "3");
        loop.turnAll();
        log.back.complete(null);
        loop.turnAll();
        listen();
        assertThat(said)
                .anyMatch(word -> word instanceof Notice.Connected connected
                        && connected.channels().equals(ChannelSet.of("a", "b")))
                .anyMatch(word -> word instanceof Event event && event.data().equals("3"));
    }

    @Test
    void endAStreamThatCanNotBeOpenedAfterAll() {
        pass(1500);
        log.back.completeExceptionally(new LogUnavailableException("away"));
        loop.turnAll();
        assertThat(sink.buffer).contains(new Notice.Closing(Notice.Reason.DRAINING));
        assertThat(sink.isEnded).isTrue();
        assertThat(hub.statistics().connections()).isZero();
    }

    @Test
    void endAStreamThatCanNotEvenSayThatItLives() {
        isSinkBroken = true;
        pass(FirstWords.PATIENCE_MILLIS + Wheel.TICK_MILLIS);
        assertThat(opened).isCompletedExceptionally();
        assertThat(sink.isAborted).isTrue();
        assertThat(hub.statistics().connections()).isZero();
    }

    @Test
    void areNotSaidToAPeerThatHasGone() {
        pass(1500);
        opened.join().disconnected();
        int before = said.size();
        log.back.complete(null);
        loop.turnAll();
        listen();
        assertThat(said).hasSize(before);
        assertThat(hub.statistics().connections()).isZero();
    }
}
