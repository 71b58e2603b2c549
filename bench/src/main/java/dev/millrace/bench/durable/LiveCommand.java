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
        description =
                "Publishes to listeners, in pairs of windows with and without others who read the history all the time.",
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

    @Option(names = "--rounds", defaultValue = "12", description = "pairs of windows, one of each kind (default: 12)")
    private int rounds;

    @Option(names = "--duration", defaultValue = "3", description = "seconds of each window (default: 3)")
    private int duration;

    private int timesThrough;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1) {
            System.err.println("millrace bench: --rounds must be at least 1");
            return 2;
        }
        Pairs pairs = new Pairs();
        try (Yard yard = Yard.below(folder)) {
            System.out.println(yard.environment());
            Filling history = new Filling(events, 1000, 112);
            history.fill(yard.data());
            try (HubProcess hub = HubProcess.start(
                    List.of("--data-dir", yard.data().toString(), "--history-size", String.valueOf(events)))) {
                window(hub, history, readers); // not counted: the hub and this process are still compiling
                for (int round = 1; round <= rounds; round++) {
                    addPair(pairs, hub, history, round);
                }
            }
        }
        System.out.print(pairs.text());
        System.out.printf("  the history was read through %d times%n", timesThrough);
        return pairs.areClean() ? 0 : 1;
    }

    /** Runs a pair. Which of its windows comes first is swapped each time, for the second meets what the first has left behind. */
    private void addPair(Pairs pairs, HubProcess hub, Filling history, int round)
            throws IOException, InterruptedException {
        Pairs.Window alone;
        Pairs.Window beside;
        if (round % 2 == 1) {
            alone = window(hub, history, 0);
            beside = window(hub, history, readers);
        } else {
            beside = window(hub, history, readers);
            alone = window(hub, history, 0);
        }
        pairs.add(alone, beside);
        System.out.printf("  %2d  alone %s   beside replay %s%n", round, alone, beside);
    }

    private Pairs.Window window(HubProcess hub, Filling history, int readersBeside)
            throws IOException, InterruptedException {
        List<HistoryReader> all = new ArrayList<>();
        long begin = System.nanoTime();
        for (int i = 0; i < readersBeside; i++) {
            HistoryReader reader = new HistoryReader(hub.address(), history, readRate * 1024);
            reader.start();
            all.add(reader);
        }
        LoadReport report = run(hub);
        double seconds = (System.nanoTime() - begin) / 1e9;
        long bytes = 0;
        for (HistoryReader reader : all) {
            HistoryReader.Read read = reader.end();
            bytes += read.bytes();
            timesThrough += read.timesThrough();
        }
        return Pairs.Window.of(report, bytes / seconds / 1e6);
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
}
