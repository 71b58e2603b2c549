package dev.millrace.bench.micro;

import dev.millrace.hub.Hub;
import dev.millrace.hub.HubSettings;
import dev.millrace.hub.Subscription;
import dev.millrace.hub.ThreadLoop;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the hub itself costs per delivery: listeners that discard, so that neither sockets nor a client are measured; and what a
 * second loop brings.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class FanOutBenchmark {
    private static final int LISTENERS = 10_000;
    private static final int EVENTS = 8;

    /** Over how many loops the listeners are spread. */
    @Param({"1", "2"})
    public int loops = 1;

    private final Hub hub = Hub.builder()
            .settings(new HubSettings(
                    LISTENERS,
                    HubSettings.standard().maxChannelsPerClient(),
                    HubSettings.standard().maxEventBytes(),
                    HubSettings.standard().heartbeat(),
                    HubSettings.standard().writeTimeout(),
                    HubSettings.standard().maxAge(),
                    ChannelSet.NONE))
            .build();
    private final List<ThreadLoop> threads = new ArrayList<>();
    private final Phaser delivered = new Phaser(1);
    private List<Publication> publications = List.of();

    @Setup
    public void prepare() throws InterruptedException {
        publications = IntStream.range(0, EVENTS)
                .mapToObj(i -> Publication.to(ChannelName.of("bench"), "x".repeat(112)))
                .toList();
        CountDownLatch open = new CountDownLatch(LISTENERS);
        for (int i = 0; i < loops; i++) {
            ThreadLoop loop = new ThreadLoop("loop-" + i);
            threads.add(loop);
            int share = LISTENERS / loops;
            DiscardingSink.Count count = new DiscardingSink.Count((long) share * EVENTS, delivered::arrive);
            delivered.register();
            for (int k = 0; k < share; k++) {
                loop.execute(() -> hub.open(Subscription.to(ChannelSet.of("bench")), new DiscardingSink(count), loop)
                        .thenRun(open::countDown));
            }
        }
        open.await();
    }

    @Benchmark
    @OperationsPerInvocation(LISTENERS * EVENTS)
    public int deliver() {
        var unused = hub.publish(publications);
        return delivered.arriveAndAwaitAdvance();
    }

    @TearDown
    public void close() {
        hub.close();
        threads.forEach(ThreadLoop::close);
    }
}
