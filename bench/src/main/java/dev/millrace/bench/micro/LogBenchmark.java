package dev.millrace.bench.micro;

import dev.millrace.log.ChannelName;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** What it costs to append one event to the log in memory, its history full, by one thread and by two. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LogBenchmark {
    private static final int HISTORY = 1000;

    /** Over how many channels the events are spread. */
    @Param({"1", "1000"})
    public int channels = 1;

    private List<List<Publication>> publications = List.of();
    private MemoryLog log = new MemoryLog(Retention.standard(), Clock.systemUTC());

    /** Where a thread stands among the channels. */
    @State(Scope.Thread)
    public static class Turn {
        private int next;

        int of(int count) {
            next = next + 1 < count ? next + 1 : 0;
            return next;
        }
    }

    @Setup(Level.Iteration)
    public void prepare() {
        log = new MemoryLog(Retention.standard().eventsPerChannel(HISTORY), Clock.systemUTC());
        publications = IntStream.range(0, channels)
                .mapToObj(i -> List.of(Publication.to(ChannelName.of("bench/" + i), "x".repeat(112))))
                .toList();
    }

    @TearDown(Level.Iteration)
    public void close() {
        log.close();
    }

    @Benchmark
    @Threads(1)
    public List<Receipt> append(Turn turn) {
        return log.append(publications.get(turn.of(channels)))
                .toCompletableFuture()
                .join();
    }

    @Benchmark
    @Threads(2)
    public List<Receipt> appendByTwo(Turn turn) {
        return append(turn);
    }
}
