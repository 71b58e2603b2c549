package dev.millrace.bench.micro;

import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** How many events a second a program publishes to the hub inside it, one call each, kept in memory. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class PublishBenchmark {
    private final Hub hub = Hub.inMemory();
    private final Publication publication = Publication.to(ChannelName.of("bench"), "x".repeat(112));

    @Benchmark
    public Receipt publish() {
        return hub.publish(publication).toCompletableFuture().join();
    }

    @TearDown
    public void close() {
        hub.close();
    }
}
