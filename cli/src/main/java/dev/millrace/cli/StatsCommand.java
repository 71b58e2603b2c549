package dev.millrace.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** {@code millrace stats}: the figures of a hub as they change. */
@Command(
        name = "stats",
        description = "Shows the figures of a hub as they change: on a terminal a view that is drawn again and again,"
                + " elsewhere a line each time. Wants a token with admin, where the hub wants one.",
        mixinStandardHelpOptions = true,
        footer = {"", "Examples:", "  millrace stats https://hub.example", "  millrace stats --once"})
final class StatsCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            defaultValue = HubAddress.STANDARD,
            converter = HubAddress.Converter.class,
            description = "The hub (default: MILLRACE_URL, or http://127.0.0.1:8080).")
    private HubAddress hub = HubAddress.parse("127.0.0.1");

    @Option(names = "--once", description = "Print the figures once, and end.")
    private boolean once;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            defaultValue = "1s",
            description = "How long between two looks (default: ${DEFAULT-VALUE}).")
    private Duration interval = Duration.ofSeconds(1);

    @Mixin
    private final TokenOptions access = new TokenOptions();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec().commandLine().getOut();
        Figures figures = look();
        if (once) {
            out.println(StatsView.all(hub.toString(), figures));
            return 0;
        }
        boolean isTerminal = Terminal.isThere();
        StatsView view = new StatsView(hub.toString());
        while (!out.checkError()) {
            String time = LocalTime.now(ZoneId.systemDefault())
                    .truncatedTo(ChronoUnit.SECONDS)
                    .toString();
            out.print(isTerminal ? view.screen(figures) : view.line(time, figures));
            out.flush();
            Thread.sleep(Math.max(100, interval.toMillis()));
            figures = look();
        }
        return 0;
    }

    private Figures look() throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(hub.at("stats")).timeout(PATIENCE);
        access.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        HttpResponse<String> answer;
        try {
            answer = http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw Trouble.of(e, hub);
        }
        if (answer.statusCode() != 200) {
            throw new IOException(Trouble.refused(answer.statusCode(), "the hub answered " + answer.statusCode(), hub));
        }
        try {
            return Figures.of(JsonMapper.shared().readTree(answer.body()), System.nanoTime());
        } catch (JacksonException e) {
            throw new IOException("what answers at " + hub + " is no hub: millrace doctor " + hub + " tells more", e);
        }
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
