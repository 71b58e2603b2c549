package dev.millrace.bench.durable;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Subscriber;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelSet;
import dev.millrace.sqlite.SqliteLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench durable replay}: how long a listener waits for the newest events of a channel out of a large history. */
@Command(
        name = "replay",
        description = "Replays the newest events of one channel after another, from disk, through the engine.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    @Option(names = "--folder", defaultValue = "/tmp", description = "on the disk to be measured (default: /tmp)")
    private Path folder = Path.of("/tmp");

    @Option(names = "--events", defaultValue = "1000000", description = "in the history (default: 1000000)")
    private int events;

    @Option(names = "--channels", defaultValue = "500", description = "that they are spread over (default: 500)")
    private int channels;

    @Option(names = "--newest", defaultValue = "1000", description = "events to replay (default: 1000)")
    private int newest;

    @Option(names = "--payload", defaultValue = "112", description = "bytes of data (default: 112)")
    private int payload;

    @Option(names = "--times", defaultValue = "400", description = "replays that are measured (default: 400)")
    private int times;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Yard yard = Yard.below(folder)) {
            System.out.println(yard.environment());
            Filling filling = new Filling(events, channels, payload);
            filling.fill(yard.data());
            SqliteLog log = SqliteLog.open(yard.data(), filling.settings(), Clock.systemUTC());
            try (Hub hub = Hub.builder().log(log).bookmarks(log.bookmarks()).build()) {
                Random random = new Random(7);
                Thread.sleep(1000); // what the log does for its first reader, it does beside the start
                System.out.printf("  the first replay, a second after the start: %.1f ms%n", replay(hub, 0) / 1e6);
                for (int i = 0; i < times; i++) {
                    replay(hub, random.nextInt(channels));
                }
                Histogram nanos = new Histogram(3);
                for (int i = 0; i < times; i++) {
                    nanos.recordValue(replay(hub, random.nextInt(channels)));
                }
                System.out.printf(
                        "  the newest %,d of one channel, %d times: p50 %.1f  p99 %.1f  max %.1f ms%n",
                        newest,
                        times,
                        nanos.getValueAtPercentile(50) / 1e6,
                        nanos.getValueAtPercentile(99) / 1e6,
                        nanos.getMaxValue() / 1e6);
            }
        }
        return 0;
    }

    /** From the call to the last event, in nanoseconds. */
    private long replay(Hub hub, int channel) throws InterruptedException {
        CountDownLatch missing = new CountDownLatch(Math.min(newest, events / channels));
        Subscription request =
                Subscription.to(ChannelSet.of(Filling.channel(channel))).withHistory(newest);
        long begin = System.nanoTime();
        Subscriber subscriber = hub.subscribe(request, event -> missing.countDown());
        missing.await();
        long nanos = System.nanoTime() - begin;
        subscriber.close(dev.millrace.hub.Notice.Reason.KICKED);
        return nanos;
    }
}
