package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Retention;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an observer is told. */
class ObserverTest {
    /** Writes down what it is told; its clock goes on by one whenever it is asked. */
    private static final class Notes implements Observer {
        final List<String> all = new ArrayList<>();
        private long nanos;

        @Override
        public long nanoTime() {
            return ++nanos;
        }

        @Override
        public void kept(long nanos) {
            all.add("kept " + nanos);
        }

        @Override
        public void notKept() {
            all.add("not kept");
        }

        @Override
        public void handedOut(long nanos) {
            all.add("handed out " + nanos);
        }

        @Override
        public void ended(EndCause cause) {
            all.add("ended " + cause);
        }

        @Override
        public void missed(GapCause cause, int gaps) {
            all.add("missed " + cause + " " + gaps);
        }

        @Override
        public void refused() {
            all.add("refused");
        }
    }

    private final Notes notes = new Notes();
    private final HandClock clock = new HandClock();
    private final HandLoop loop = new HandLoop();
    private final Hub hub = Hub.builder()
            .log(new MemoryLog(Retention.standard().eventsPerChannel(5), clock))
            .clock(clock)
            .monotonicClock(clock::monotonicMillis)
            .settings(new HubSettings(
                    2,
                    5,
                    1000,
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    Optional.of(Duration.ofMinutes(10)),
                    ChannelSet.NONE))
            .loop(new HandLoop())
            .observer(notes)
            .build();

    @AfterEach
    void close() {
        hub.close();
    }

    @Test
    void hearsHowLongAPublishTookAndOnceForAWholeRun() {
        open(new BufferSink());
        open(new BufferSink());
        publish("1");
        publish("2");
        publish("3");
        loop.turnAll();
        assertThat(notes.all).containsExactly("kept 2", "kept 1", "kept 1", "handed out 6");
    }

    @Test
    void countsTheBytesThatTheStreamsTook() {
        BufferSink slow = new BufferSink(2, notice -> {});
        Subscriber stalled = open(slow);
        open(new BufferSink());
        publish("12345");
        loop.turnAll();
        assertThat(hub.statistics().bytes()).isEqualTo(10);
        publish("123");
        loop.turnAll();
        assertThat(hub.statistics().bytes()).as("one is full").isEqualTo(13);
        slow.read();
        stalled.writable();
        loop.turnAll();
        assertThat(hub.statistics().bytes()).isEqualTo(16);
    }

    @Test
    void countsWhatALoopHasNotGivenOut() {
        open(new BufferSink());
        publish("1");
        publish("2");
        assertThat(hub.statistics().waiting()).isEqualTo(2);
        loop.turnAll();
        assertThat(hub.statistics().waiting()).isZero();
    }

    @Test
    void tellsALateListenerFromASlowOneAndFromOneOfAnotherHistory() {
        Position old = publish("0");
        fill();
        open(Subscription.to(ChannelSet.of("a")).after(old.toString()), new BufferSink())
                .disconnected();
        open(Subscription.to(ChannelSet.of("a")).after("what is this"), new BufferSink())
                .disconnected();
        BufferSink slow = new BufferSink(1, notice -> {});
        Subscriber stalled = open(slow);
        fill();
        slow.read();
        stalled.writable();
        loop.turnAll();
        assertThat(notes.all)
                .filteredOn(note -> note.startsWith("missed"))
                .containsExactly("missed LATE 1", "missed UNKNOWN 2", "missed SLOW 1");
    }

    @Test
    void hearsWhyEachStreamHasEndedAndOnce() {
        open(new BufferSink()).disconnected();
        Subscriber kicked = open(new BufferSink());
        kicked.close(Notice.Reason.KICKED);
        loop.turnAll();
        kicked.disconnected();
        open(Subscription.to(ChannelSet.of("a")).until(clock.instant().plusSeconds(5)), new BufferSink());
        pass(7_000);
        open(new BufferSink(1, notice -> {}));
        publish("1");
        pass(30_000);
        hub.drain();
        loop.turnAll();
        assertThat(notes.all)
                .filteredOn(note -> note.startsWith("ended"))
                .containsExactly("ended CLIENT", "ended KICKED", "ended EXPIRED", "ended TIMEOUT");
    }

    @Test
    void hearsOfAStreamForWhichThereIsNoRoom() {
        open(new BufferSink());
        open(new BufferSink());
        assertThat(hub.open(Subscription.to(ChannelSet.of("a")), new BufferSink(), loop)
                        .toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(notes.all).containsExactly("refused");
    }

    private void fill() {
        for (int i = 0; i < 10; i++) {
            publish("x");
            loop.turnAll();
        }
    }

    private Subscriber open(BufferSink sink) {
        return open(Subscription.to(ChannelSet.of("a")), sink);
    }

    private Subscriber open(Subscription request, BufferSink sink) {
        CompletableFuture<Subscriber> opened = hub.open(request, sink, loop).toCompletableFuture();
        loop.turnAll();
        return opened.join();
    }

    private Position publish(String data) {
        return hub.publish("a", data).toCompletableFuture().join();
    }

    private void pass(long millis) {
        for (long passed = 0; passed < millis; passed += 250) {
            clock.pass(250);
            loop.tick();
            loop.turnAll();
        }
    }
}
