package dev.millrace.bench.durable;

import dev.millrace.bench.load.HubDialect;
import dev.millrace.bench.load.LoadPlan;
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

/** {@code millrace bench durable http}: events a second over HTTP, with the load on the same machine. */
@Command(
        name = "http",
        description = "Starts a hub beside this process, and publishes to it as fast as the answers come.",
        mixinStandardHelpOptions = true)
final class HttpCommand implements Callable<Integer> {
    /** Large enough for the answers alone to hold publishers back. */
    private static final int WINDOW = 1_000_000;

    @Option(names = "--folder", defaultValue = "/tmp", description = "on the disk to be measured (default: /tmp)")
    private Path folder = Path.of("/tmp");

    @Option(names = "--memory", description = "keeps events in memory instead, to compare with")
    private boolean isInMemory;

    @Option(names = "--publishers", defaultValue = "64", description = "connections that publish (default: 64)")
    private int publishers;

    @Option(names = "--batch", defaultValue = "1", description = "events in a request (default: 1)")
    private int batch;

    @Option(names = "--channels", defaultValue = "64", description = "spread over so many channels (default: 64)")
    private int channels;

    @Option(names = "--payload", defaultValue = "112", description = "bytes of data (default: 112)")
    private int payload;

    @Option(names = "--warmup", defaultValue = "10", description = "seconds not measured (default: 10)")
    private int warmup;

    @Option(names = "--duration", defaultValue = "10", description = "seconds measured (default: 10)")
    private int duration;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Yard yard = Yard.below(folder)) {
            System.out.println(yard.environment());
            List<String> arguments = new ArrayList<>();
            if (!isInMemory) {
                arguments.addAll(List.of("--data-dir", yard.data().toString()));
            }
            try (HubProcess hub = HubProcess.start(arguments)) {
                System.out.println(isInMemory ? "memory" : "disk");
                LoadPlan plan = new LoadPlan(
                        hub.address(),
                        0,
                        channels,
                        publishers,
                        0,
                        WINDOW,
                        batch,
                        payload,
                        Duration.ofSeconds(warmup),
                        Duration.ofSeconds(duration),
                        Optional.empty(),
                        new HubDialect());
                new LoadRun(plan, line -> {})
                        .run()
                        .text()
                        .lines()
                        .filter(line -> line.matches("(published|answers|correctness) .*")) // nobody listens
                        .forEach(System.out::println);
            }
        }
        return 0;
    }
}
