package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An {@code Error} in one stream's sink, or in a user's function: who waits for it is told, and the others go on. */
class FailuresTest {
    private final Error failure = new NoClassDefFoundError("no/such/Thing");

    private final HandClock clock = new HandClock();
    private final HandLoop loop = new HandLoop();
    private final Hub hub = Hub.builder()
            .clock(clock)
            .monotonicClock(clock::monotonicMillis)
            .loop(new HandLoop())
            .build();

    @AfterEach
    void close() {
        hub.close();
    }

    /** A sink that throws at such a notice. */
    private BufferSink failingAt(Predicate<Notice> notices) {
        return new BufferSink(Integer.MAX_VALUE, notice -> {
            if (notices.test(notice)) {
                throw failure;
            }
        });
    }

    private CompletableFuture<Subscriber> open(Subscription request, BufferSink sink) {
        CompletableFuture<Subscriber> opened = hub.open(request, sink, loop).toCompletableFuture();
        loop.turnAll();
        return opened;
    }

    private CompletableFuture<Subscriber> open(BufferSink sink) {
        return open(Subscription.to(ChannelSet.of("a")), sink);
    }

    @Test
    void inAGreetingFailsTheOpening() {
        BufferSink sink = failingAt(Notice.Connected.class::isInstance);
        CompletableFuture<Subscriber> opened = open(sink);
        assertThat(opened).isCompletedExceptionally();
        assertThatThrownBy(opened::join).hasCause(failure);
        assertThat(sink.isAborted).isTrue();
        assertThat(hub.statistics().connections()).isZero();
        assertThat(hub.statistics().lagging()).isZero();
    }

    @Test
    void inANoticeFailsTheSteeringThatCausedIt() {
        Subscriber subscriber =
                open(failingAt(Notice.Subscribed.class::isInstance)).join();
        CompletableFuture<ChannelSet> steered = subscriber.subscribe("b").toCompletableFuture();
        loop.turnAll();
        assertThat(steered).isCompletedExceptionally();
        assertThatThrownBy(steered::join).hasCause(failure);
    }

    @Test
    void inAMessageFailsItsSending() {
        Subscriber subscriber =
                open(failingAt(Notice.Message.class::isInstance)).join();
        CompletableFuture<Boolean> sent = subscriber.send("hello", "you").toCompletableFuture();
        loop.turnAll();
        assertThat(sent).isCompletedExceptionally();
    }

    @Test
    void inWhatHadToWaitEndsTheStream() {
        BufferSink sink = new BufferSink(1, notice -> {
            if (notice instanceof Notice.Message) {
                throw failure;
            }
        });
        Subscriber subscriber = open(sink).join();
        subscriber.send("hello", "you");
        loop.turnAll();
        sink.read();
        subscriber.writable();
        assertThat(sink.isAborted).isTrue();
        assertThat(subscriber.isEnded()).isTrue();
    }

    @Test
    void inALastWordLeavesNoStreamOpen() {
        BufferSink sink = failingAt(Notice.Closing.class::isInstance);
        open(sink).join().close(Notice.Reason.KICKED);
        loop.turnAll();
        assertThat(sink.isAborted).isTrue();
    }

    @Test
    void inAHeartbeatEndsThatStreamAlone() {
        BufferSink before = new BufferSink();
        BufferSink failing = failingAt(Notice.Heartbeat.class::isInstance);
        BufferSink after = new BufferSink();
        for (BufferSink sink : new BufferSink[] {before, failing, after}) {
            open(sink);
            sink.read();
        }
        long end = hub.settings().heartbeat().toMillis() + 2 * Wheel.TICK_MILLIS;
        for (long passed = 0; passed < end; passed += Wheel.TICK_MILLIS) {
            clock.pass(Wheel.TICK_MILLIS);
            loop.tick();
            loop.turnAll();
        }
        assertThat(failing.isAborted).isTrue();
        assertThat(before.buffer).singleElement().isInstanceOf(Notice.Heartbeat.class);
        assertThat(after.buffer).singleElement().isInstanceOf(Notice.Heartbeat.class);
        assertThat(hub.statistics().connections()).isEqualTo(2);
    }

    @Test
    void ofOneThatIsBehindKeepsNoneOfTheOthersFromReadingOn() {
        BufferSink[] sinks = {
            new BufferSink(2, notice -> {
                if (notice instanceof Notice.Gap) {
                    throw failure;
                }
            }),
            new BufferSink(2, notice -> {})
        };
        Subscriber[] behind = new Subscriber[sinks.length];
        for (int i = 0; i < sinks.length; i++) {
            behind[i] = open(sinks[i]).join();
        }
        for (int i = 0; i < 1010; i++) { // the history holds 1000
            hub.publish("a", "" + i);
            loop.turnAll();
        }
        for (int i = 0; i < sinks.length; i++) {
            sinks[i].read();
            behind[i].writable();
        }
        loop.turnAll();
        assertThat(sinks[0].isAborted).isTrue();
        assertThat(sinks[1].buffer.get(0)).isInstanceOf(Notice.Gap.class);
        assertThat(sinks[1].buffer).hasAtLeastOneElementOfType(Event.class);
    }

    @Test
    void inAListenersFunctionIsNotTheEndOfItsEvents() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        try (Hub real = Hub.inMemory()) {
            real.subscribe("a", event -> {
                heard.add(event.data());
                if (event.data().equals("1")) {
                    throw failure;
                }
            });
            real.publish("a", "1");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("1");
            real.publish("a", "2");
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("2");
        }
    }

    @Test
    void inAPeriodicTaskIsNotItsLastTime() throws Exception {
        CountDownLatch runs = new CountDownLatch(3);
        try (ThreadLoop thread = new ThreadLoop("test")) {
            thread.every(Duration.ofMillis(1), () -> {
                runs.countDown();
                throw failure;
            });
            assertThat(runs.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }
}
