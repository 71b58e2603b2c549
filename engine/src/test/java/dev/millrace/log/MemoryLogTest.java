package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The log in memory keeps the contract, and its memory. */
class MemoryLogTest extends EventLogContract {
    @Override
    protected EventLog newLog(Retention retention) {
        return new MemoryLog(retention, clock);
    }

    @Test
    void staysWithinItsMemoryUnderAFloodOfChannels() {
        long cap = 2_000_000;
        MemoryLog log = new MemoryLog(retention(1000, cap), clock);
        Position start = log.last();
        for (int i = 0; i < 50_000; i++) {
            log.append(List.of(Publication.to(ChannelName.of("flood/" + "x".repeat(i % 150) + i), "data")));
            assertThat(log.bytes()).isLessThanOrEqualTo(cap + 1000);
        }
        for (ChannelSet set : List.of(ChannelSet.of("flood/*"), ChannelSet.of("flood/0"))) {
            Cursor cursor = log.open(set, new Start.After(start), () -> {})
                    .toCompletableFuture()
                    .join();
            cursor.poll(log.last(), 1, 1000, new ArrayList<>());
            assertThat(cursor.takeGaps())
                    .as("the oldest history goes first, announced")
                    .isNotEmpty();
        }
    }

    @Test
    void keepsLittleForFewEventsThatOutliveMany() {
        long cap = 3_000_000;
        MemoryLog log = new MemoryLog(retention(1, cap), clock);
        for (int i = 0; i < 500_000; i++) {
            log.append(List.of(Publication.to(ChannelName.of(i % 500 == 0 ? "quiet/" + i : "busy"), "data")));
        }
        assertThat(log.bytes()).isLessThanOrEqualTo(cap);
    }

    @Test
    void keepsLessWhenTheRuleChanges() {
        MemoryLog log = new MemoryLog(retention(100, 10_000_000), clock);
        for (int i = 0; i < 100; i++) {
            log.append(List.of(Publication.to(ChannelName.of("a"), "data")));
        }
        log.retention(retention(10, 10_000_000));
        assertThat(log.channels("", "", 1).toCompletableFuture().join().get(0).retained())
                .isEqualTo(10);
    }

    @Test
    void letsNothingGrowOldBecauseTheClockIsSet() {
        AtomicLong monotonic = new AtomicLong();
        MemoryLog log = new MemoryLog(retention(10, 10_000_000), clock, new AgeClock(clock, monotonic::get));
        Publication keyed = Publication.to(ChannelName.of("a"), "data").withKey("key");
        log.append(List.of(keyed));
        for (Duration jump : List.of(Duration.ofDays(1), Duration.ofDays(-1), Duration.ofHours(-1))) {
            clock.pass(jump);
            log.trim();
            Receipt again =
                    log.append(List.of(keyed)).toCompletableFuture().join().get(0);
            assertThat(again.isRepeat()).as("after %s", jump).isTrue();
        }
        pass(monotonic, Duration.ofHours(1).plusMillis(1));
        log.trim();
        assertThat(log.channels("", "", 1).toCompletableFuture().join())
                .as("kept as long as the clock was set back")
                .hasSize(1);
        pass(monotonic, Duration.ofHours(1));
        log.trim();
        assertThat(log.channels("", "", 1).toCompletableFuture().join()).isEmpty();
    }

    private void pass(AtomicLong monotonic, Duration time) {
        clock.pass(time);
        monotonic.addAndGet(time.toMillis());
    }

    private static Retention retention(int count, long bytes) {
        return new Retention(count, Duration.ofHours(1), bytes, Duration.ofMinutes(2));
    }
}
