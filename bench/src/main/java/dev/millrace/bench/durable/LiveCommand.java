package dev.millrace.bench.durable;

import dev.millrace.bench.load.HubDialect;
import dev.millrace.bench.load.LoadPlan;
import dev.millrace.bench.load.LoadReport;
import dev.millrace.bench.load.LoadRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench durable live}: live delivery while others read the history from disk, and while nobody does. */
@Command(
        name = "live",
        description = "Publishes to listeners, in turns with and without others who read the history all the time.",
        mixinStandardHelpOptions = true)
final class LiveCommand implements Callable<Integer> {
    @Option(names = "--folder", defaultValue = "/tmp", description = "on the disk to be measured (default: /tmp)")
    private Path folder = Path.of("/tmp");

    @Option(names = "--events", defaultValue = "1000000", description = "in the history (default: 1000000)")
    private int events;

    @Option(names = "--listeners", defaultValue = "100", description = "streams that listen live (default: 100)")
    private int listeners;

    @Option(
            names = "--rate",
            defaultValue = "200",
            description = "events published a second; 0: as fast as they are delivered (default: 200)")
    private int rate;

    @Option(names = "--readers", defaultValue = "1", description = "streams that read the history (default: 1)")
    private int readers;

    @Option(
            names = "--read-rate",
            defaultValue = "0",
            description = "KiB a second that each of them takes; 0: all that comes (default)")
    private int readRate;

    @Option(names = "--rounds", defaultValue = "3", description = "of both (default: 3)")
    private int rounds;

    @Option(names = "--duration", defaultValue = "8", description = "seconds of each (default: 8)")
    private int duration;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Yard yard = Yard.below(folder)) {
            System.out.println(yard.environment());
            new Filling(events, 1000, 112).fill(yard.data());
            try (HubProcess hub = HubProcess.start(
                    List.of("--data-dir", yard.data().toString(), "--history-size", String.valueOf(events)))) {
                for (int round = 0; round < rounds; round++) {
                    print("alone         ", run(hub), "");
                    beside(hub);
                }
            }
        }
        return 0;
    }

    private void beside(HubProcess hub) throws InterruptedException {
        List<HistoryReader> all = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            HistoryReader reader = new HistoryReader(hub.address(), readRate * 1024);
            reader.start();
            all.add(reader);
        }
        long begin = System.nanoTime();
        LoadReport report = run(hub);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long bytes = 0;
        for (HistoryReader reader : all) {
            bytes += reader.end();
        }
        print("beside replay ", report, String.format("   %.1f MB/s read", bytes / seconds / 1e6));
    }

    private LoadReport run(HubProcess hub) throws InterruptedException {
        LoadPlan plan = new LoadPlan(
                hub.address(),
                listeners,
                1,
                8,
                rate,
                32,
                1,
                112,
                Duration.ofSeconds(2),
                Duration.ofSeconds(duration),
                Optional.empty(),
                new HubDialect());
        return new LoadRun(plan, line -> {}).run();
    }

    private static void print(String what, LoadReport report, String more) {
        System.out.printf(
                "  %s %,.0f deliveries/s   latency p50 %.2f  p90 %.2f  p99 %.2f ms%s%s%n",
                what,
                report.deliveriesPerSecond(),
                report.delivery().p50(),
                report.delivery().p90(),
                report.delivery().p99(),
                more,
                report.isClean() ? "" : "   NOT CLEAN");
    }
}
