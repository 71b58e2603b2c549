package dev.millrace.bench.durable;

import dev.millrace.sqlite.SqliteLog;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code millrace bench durable start}: how long a hub with a large history takes to start. */
@Command(
        name = "start",
        description =
                "Starts a hub on a large history, several times: the log alone, and the program to its first answer.",
        mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
    private static final int TIMES = 5;

    @Option(names = "--folder", defaultValue = "/tmp", description = "on the disk to be measured (default: /tmp)")
    private Path folder = Path.of("/tmp");

    @Option(names = "--events", defaultValue = "1000000", description = "in the history (default: 1000000)")
    private int events;

    @Option(names = "--channels", defaultValue = "1000", description = "that they are spread over (default: 1000)")
    private int channels;

    @Option(names = "--payload", defaultValue = "112", description = "bytes of data (default: 112)")
    private int payload;

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Yard yard = Yard.below(folder)) {
            System.out.println(yard.environment());
            Filling filling = new Filling(events, channels, payload);
            filling.fill(yard.data());
            for (int i = 0; i < TIMES; i++) {
                long begin = System.nanoTime();
                SqliteLog log = SqliteLog.open(yard.data(), filling.settings(), Clock.systemUTC());
                long opened = System.nanoTime();
                log.close();
                System.out.printf("  the log: %.0f ms%n", (opened - begin) / 1e6);
            }
            for (int i = 0; i < TIMES; i++) {
                startProgram(yard.data());
            }
        }
        return 0;
    }

    private void startProgram(Path data) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newHttpClient();
        long begin = System.nanoTime();
        try (HubProcess hub =
                HubProcess.start(List.of("--data-dir", data.toString(), "--history-size", String.valueOf(events)))) {
            double accepts = (System.nanoTime() - begin) / 1e6;
            HttpRequest publish = HttpRequest.newBuilder(URI.create(hub.address() + "/events/" + Filling.channel(0)))
                    .POST(BodyPublishers.ofString("after the start"))
                    .build();
            int status = client.send(publish, BodyHandlers.discarding()).statusCode();
            System.out.printf(
                    "  the program: accepts connections after %.0f ms, has answered a publish with %d after %.0f ms%n",
                    accepts, status, (System.nanoTime() - begin) / 1e6);
        }
    }
}
