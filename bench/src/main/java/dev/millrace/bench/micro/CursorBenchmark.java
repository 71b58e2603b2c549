package dev.millrace.bench.micro;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it costs a listener that comes back to be given one event of the 100 that it missed, among 100,000 of 1000 channels. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CursorBenchmark {
    private static final int CHANNELS = 1000;
    private static final int EVENTS = 100;

    /** What it listens to: one channel, or by a pattern 111, of which it reads the first hundred events. */
    @Param({"bench/7", "bench/7*"})
    public String listensTo = "bench/7";

    private final MemoryLog log = new MemoryLog(Retention.standard(), Clock.systemUTC());
    private ChannelSet channels = ChannelSet.NONE;
    private Start start = new Start.Latest();

    @Setup
    public void prepare() {
        Position begin = log.last();
        for (int i = 0; i < CHANNELS * EVENTS; i++) {
            var unused = log.append(List.of(Publication.to(ChannelName.of("bench/" + i % CHANNELS), "x".repeat(112))));
        }
        channels = ChannelSet.of(listensTo);
        start = new Start.After(begin);
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public List<Event> resume() {
        Cursor cursor =
                log.open(channels, start, () -> {}).toCompletableFuture().join();
        List<Event> events = new ArrayList<>(EVENTS);
        while (events.size() < EVENTS) {
            cursor.poll(log.last(), EVENTS, Long.MAX_VALUE, events);
        }
        return events;
    }
}
