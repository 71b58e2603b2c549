package dev.millrace.bench.load;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code millrace bench load}: listeners and publishers against a hub that runs. */
@Command(
        name = "load",
        description = "Holds streams open and publishes to them; tells throughput, latency, loss, doubles and order.",
        mixinStandardHelpOptions = true)
public final class LoadCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            defaultValue = "http://127.0.0.1:8080",
            description = "the hub (default: ${DEFAULT-VALUE})")
    private URI hub = URI.create("http://127.0.0.1:8080");

    @Option(names = "--listeners", defaultValue = "1000", description = "streams held open (default: ${DEFAULT-VALUE})")
    private int listeners;

    @Option(
            names = "--channels",
            defaultValue = "1",
            description = "spread over so many channels (default: ${DEFAULT-VALUE})")
    private int channels;

    @Option(
            names = "--publishers",
            defaultValue = "8",
            description = "connections that publish (default: ${DEFAULT-VALUE})")
    private int publishers;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description = "events a second, counted from when each was due; 0: as fast as answers come (default)")
    private int rate;

    @Option(
            names = "--window",
            defaultValue = "32",
            description = "with rate 0: events on their way at most (default: ${DEFAULT-VALUE})")
    private int window;

    @Option(
            names = "--batch",
            defaultValue = "1",
            description = "events in one request, as NDJSON where more than one (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--payload", defaultValue = "112", description = "bytes of data (default: ${DEFAULT-VALUE})")
    private int payload;

    @Option(names = "--warmup", defaultValue = "5", description = "seconds not measured (default: ${DEFAULT-VALUE})")
    private int warmup;

    @Option(names = "--duration", defaultValue = "10", description = "seconds measured (default: ${DEFAULT-VALUE})")
    private int duration;

    @Option(names = "--token", description = "a bearer token")
    private @Nullable String token;

    @Option(
            names = "--pid",
            description = "the hub's process on this machine: tells its processor time and memory, too")
    private @Nullable Long pid;

    @Option(
            names = "--listen-on",
            description =
                    "another address to listen on, of a hub on the same Redis; may be repeated (default: the hub that is published on)")
    private List<URI> listenOn = new ArrayList<>();

    @Option(
            names = "--stalled",
            defaultValue = "0",
            description = "further streams that read nothing (default: ${DEFAULT-VALUE})")
    private int stalled;

    @Option(
            names = "--returning",
            defaultValue = "0",
            description =
                    "further listeners that come back at once, a quarter into the measured time (default: ${DEFAULT-VALUE})")
    private int returning;

    @Option(
            names = "--missed",
            defaultValue = "100",
            description = "events that each of these has missed (default: ${DEFAULT-VALUE})")
    private int missed;

    @Option(names = "--json", description = "writes the report to this file, too")
    private @Nullable Path json;

    @Option(names = "--svg", description = "draws the course of the run into this file")
    private @Nullable Path svg;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintStream out = System.out;
        LoadPlan plan;
        Company company;
        try {
            plan = new LoadPlan(
                    hub,
                    listeners,
                    channels,
                    publishers,
                    rate,
                    window,
                    batch,
                    payload,
                    Duration.ofSeconds(warmup),
                    Duration.ofSeconds(duration),
                    Optional.ofNullable(token),
                    new HubDialect());
            company = new Company(stalled, returning, missed);
        } catch (IllegalArgumentException e) {
            System.err.println("millrace bench: " + e.getMessage());
            return 2;
        }
        Optional<ServerProcess> server = Optional.ofNullable(pid).map(ServerProcess::new);
        LoadReport report;
        try {
            report = new LoadRun(
                            plan,
                            line -> System.err.println("  " + line),
                            server.<Probe>map(it -> it).orElse(Probe.NONE))
                    .inCompany(company)
                    .listeningOn(listenOn.isEmpty() ? List.of(hub) : listenOn)
                    .run();
        } catch (IllegalStateException e) {
            System.err.println("millrace bench: " + e.getMessage());
            return 1;
        }
        out.print(report.text());
        server.ifPresent(it -> out.print(it.text(report)));
        if (json != null) {
            Files.writeString(
                    json,
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(report));
        }
        if (svg != null) {
            Files.writeString(svg, Chart.of(report));
        }
        return report.isClean() ? 0 : 1;
    }
}
