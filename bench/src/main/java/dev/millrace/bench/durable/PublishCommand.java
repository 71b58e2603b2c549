package dev.millrace.bench.durable;

import dev.millrace.hub.Hub;
import dev.millrace.log.EventLog;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Retention;
import dev.millrace.sqlite.SqliteLog;
import dev.millrace.sqlite.SqliteSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench durable publish}: events a second through the engine, without HTTP. */
@Command(
        name = "publish",
        description = "Publishes through the engine as fast as the answers come.",
        mixinStandardHelpOptions = true)
final class PublishCommand implements Callable<Integer> {
    @Option(names = "--folder", defaultValue = "/tmp", description = "on the disk to be measured (default: /tmp)")
    private Path folder = Path.of("/tmp");

    @Option(names = "--memory", description = "keeps events in memory instead, to compare with")
    private boolean isInMemory;

    @Option(names = "--publishers", defaultValue = "64", description = "threads that publish (default: 64)")
    private int publishers;

    @Option(
            names = "--window",
            defaultValue = "32",
            description = "unanswered publishes of each publisher (default: 32)")
    private int window;

    @Option(names = "--channels", defaultValue = "64", description = "spread over so many channels (default: 64)")
    private int channels;

    @Option(names = "--keep", defaultValue = "1000", description = "events kept of each channel (default: 1000)")
    private int keep;

    @Option(names = "--keys", description = "each publish has an idempotency key")
    private boolean hasKeys;

    @Option(names = "--payload", defaultValue = "112", description = "bytes of data (default: 112)")
    private int payload;

    @Option(names = "--warmup", defaultValue = "5", description = "seconds not measured (default: 5)")
    private int warmup;

    @Option(names = "--duration", defaultValue = "10", description = "seconds measured (default: 10)")
    private int duration;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Yard yard = Yard.below(folder)) {
            System.out.println(yard.environment());
            Retention retention = Retention.standard().eventsPerChannel(keep);
            try (Hub hub = Hub.builder().log(log(retention, yard)).build()) {
                measure(hub);
            }
        }
        return 0;
    }

    private EventLog log(Retention retention, Yard yard) {
        Clock clock = Clock.systemUTC();
        return isInMemory
                ? new MemoryLog(retention, clock)
                : SqliteLog.open(yard.data(), new SqliteSettings(retention, SqliteSettings.STANDARD_DISK_BYTES), clock);
    }

    private void measure(Hub hub) throws InterruptedException {
        List<Publisher> all = new ArrayList<>();
        for (int i = 0; i < publishers; i++) {
            all.add(new Publisher(hub, i, new Publisher.Plan(publishers, window, channels, payload, hasKeys)));
        }
        all.forEach(Thread::start);
        Thread.sleep(Duration.ofSeconds(warmup).toMillis());
        all.forEach(publisher -> publisher.measure(true));
        long begin = System.nanoTime();
        Thread.sleep(Duration.ofSeconds(duration).toMillis());
        all.forEach(publisher -> publisher.measure(false));
        double seconds = (System.nanoTime() - begin) / 1e9;
        Histogram answers = new Histogram(3);
        for (Publisher publisher : all) {
            publisher.end();
            publisher.join();
            answers.add(publisher.answers());
        }
        System.out.printf(
                "%s, %d publishers with %d on their way each, %,d channels, %d bytes%s, the newest %,d of a channel kept%n",
                isInMemory ? "memory" : "disk", publishers, window, channels, payload, hasKeys ? ", keys" : "", keep);
        System.out.printf(
                "  %,.0f events/s   answers p50 %.2f  p99 %.2f  max %.2f ms%n",
                answers.getTotalCount() / seconds,
                answers.getValueAtPercentile(50) / 1e6,
                answers.getValueAtPercentile(99) / 1e6,
                answers.getMaxValue() / 1e6);
    }
}
