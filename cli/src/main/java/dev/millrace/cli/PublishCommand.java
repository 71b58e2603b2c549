package dev.millrace.cli;

import dev.millrace.client.Batch;
import dev.millrace.client.BatchFailedException;
import dev.millrace.client.Publication;
import dev.millrace.client.Published;
import dev.millrace.client.Publisher;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace publish}: one event, or one for each line of the standard input. */
@Command(
        name = "publish",
        description = "Publishes an event, or each line of the standard input as one, and prints the hub's answer.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  millrace publish orders/42 '{\"state\":\"shipped\"}' --event status",
            "  tail -f app.log | millrace publish logs/app",
            "  millrace publish temperature -- -3.5"
        })
final class PublishCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(index = "0", paramLabel = "CHANNEL", description = "Where to, such as orders/42.")
    private String channel = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DATA",
            description =
                    "The event's data. Without it, or with -, each line of the standard input is published when it"
                            + " is there; empty lines are not.")
    private @Nullable String data;

    @Option(names = "--event", paramLabel = "NAME", defaultValue = "", description = "The event's name.")
    private String name = "";

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "The same key on the same channel within two minutes publishes once. For one event only.")
    private @Nullable String key;

    @Option(
            names = "--retry-for",
            paramLabel = "DURATION",
            defaultValue = "0s",
            description = "Try again for so long where no hub answers, at most 100s (default: ${DEFAULT-VALUE}).")
    private Duration retryFor = Duration.ZERO;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = HubAddress.STANDARD,
            converter = HubAddress.Converter.class,
            description = "The hub (default: MILLRACE_URL, or http://127.0.0.1:8080).")
    private HubAddress hub = HubAddress.parse("127.0.0.1");

    @Mixin
    private final TokenOptions access = new TokenOptions();

    @Override
    public Integer call() throws IOException {
        boolean isLines = data == null || data.equals("-");
        if (isLines && key != null) {
            throw new ParameterException(
                    spec().commandLine(), "--idempotency-key is for one event: give its data on the command line");
        }
        Publisher publisher = publisher();
        String answer = isLines ? publishLines(publisher) : publishOne(publisher, String.valueOf(data));
        spec().commandLine().getOut().println(answer);
        return 0;
    }

    private Publisher publisher() throws IOException {
        try {
            Publisher publisher = Publisher.to(hub.uri()).withRetryFor(retryFor);
            return access.token().isPresent()
                    ? publisher.withToken(() -> access.token().orElse(""))
                    : publisher;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), "--retry-for: " + e.getMessage(), e);
        }
    }

    private String publishOne(Publisher publisher, String text) throws IOException {
        Published published = answer(Optional.ofNullable(key)
                .map(given -> publisher.publish(channel, name, text, given))
                .orElseGet(() -> publisher.publish(channel, name, text)));
        return "{\"id\":\"" + published.id() + "\",\"recipients\":" + published.recipients() + "}";
    }

    private String publishLines(Publisher publisher) throws IOException {
        InputLines lines = new InputLines(System.in, line -> new Publication(channel, name, line));
        CompletableFuture<Batch> published = publisher.publishAll(lines);
        lines.startReading();
        Batch batch = answer(published);
        return "{\"accepted\":" + batch.accepted() + ",\"lastId\":"
                + (batch.lastId().isEmpty() ? "null" : "\"" + batch.lastId() + "\"") + "}";
    }

    private <T> T answer(CompletableFuture<T> answer) throws IOException {
        try {
            return answer.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String accepted = cause instanceof BatchFailedException batch
                            && batch.accepted().isPresent()
                    ? "; " + batch.accepted().getAsLong() + " lines were published"
                    : "";
            throw new IOException(Trouble.text(cause, hub) + accepted, e);
        }
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
