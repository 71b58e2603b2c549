package dev.millrace.cli;

import dev.millrace.client.EventStream;
import dev.millrace.client.EventStreamBuilder;
import dev.millrace.client.StreamEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace listen}: prints events as they come; resumes by itself. */
@Command(
        name = "listen",
        description =
                "Prints the events of channels as they come. It comes back by itself after a fault, goes on where it"
                        + " was, and tells gaps. What it says of the connection goes to stderr.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  millrace listen 'orders/*' chat/lobby",
            "  millrace listen orders/42 --history 10 --json | jq .data",
            "  millrace listen logs/app --last-event-id earliest --count 100"
        })
final class ListenCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "CHANNEL",
            description = "Channels and patterns; in quotes, as the shell knows * too.")
    private List<String> channels = List.of();

    @Option(
            names = "--json",
            description =
                    "A line of JSON for each event: {\"id\",\"channel\",\"event\",\"data\"}; a gap is {\"gap\":{…}}.")
    private boolean json;

    @Option(
            names = "--last-event-id",
            paramLabel = "ID",
            defaultValue = "",
            description = "Begins after this event; earliest: with the oldest that is kept.")
    private String lastEventId = "";

    @Option(names = "--history", paramLabel = "N", description = "Begins with the newest N events that are kept.")
    private @Nullable Integer history;

    @Option(names = "--count", paramLabel = "N", defaultValue = "0", description = "Ends after so many events.")
    private int count;

    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = HubAddress.STANDARD,
            converter = HubAddress.Converter.class,
            description = "The hub (default: MILLRACE_URL, or http://127.0.0.1:8080).")
    private HubAddress hub = HubAddress.parse("127.0.0.1");

    @Mixin
    private final TokenOptions access = new TokenOptions();

    private boolean wasConnected;

    @Override
    public Integer call() throws IOException {
        EventLines lines = json ? EventLines.JSON : EventLines.PLAIN;
        PrintWriter out = spec().commandLine().getOut();
        int seen = 0;
        try (EventStream stream = stream()) {
            for (StreamEvent event : stream) {
                if (event instanceof StreamEvent.Message message && !EventLines.isNotice(message)) {
                    out.println(lines.of(message));
                    seen++;
                } else if (event instanceof StreamEvent.Gap gap) {
                    out.println(lines.of(gap));
                } else {
                    tell(event);
                }
                boolean isReadNoMore = out.checkError(); // flushes, too
                if (isReadNoMore || (count > 0 && seen == count)) {
                    return 0;
                }
            }
        }
        return FAILED;
    }

    private EventStream stream() throws IOException {
        String query = channels.stream()
                .map(channel -> "channel=" + HubAddress.encoded(channel))
                .collect(Collectors.joining("&"));
        URI uri = hub.at("events?envelope=1&" + query + (history == null ? "" : "&history=" + history));
        try {
            EventStreamBuilder builder = EventStream.builder(uri).lastEventId(lastEventId);
            return access.token().isPresent()
                    ? builder.token(() -> access.token().orElse("")).open()
                    : builder.open();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** What became of the connection, for the person who watches. */
    private void tell(StreamEvent event) throws IOException {
        PrintWriter err = spec().commandLine().getErr();
        if (event instanceof StreamEvent.Connected connected) {
            String how = wasConnected ? "back" : "listening to " + String.join(", ", connected.channels());
            err.println("millrace: " + how
                    + connected.resumed().map(ListenCommand::resumed).orElse(""));
            wasConnected = true;
        } else if (event instanceof StreamEvent.Fault fault) {
            if (fault.retryIn().isEmpty() || !wasConnected) {
                throw Trouble.of(fault.cause(), hub);
            }
            err.printf(
                    "millrace: %s; again in %.1f s%n",
                    Trouble.text(fault.cause(), hub), fault.retryIn().get().toMillis() / 1000.0);
        } else if (event instanceof StreamEvent.Message notice) {
            err.println("millrace: the hub says " + notice.name() + " " + notice.data());
        }
    }

    private static String resumed(boolean isComplete) {
        return isComplete ? ", and nothing was missed" : ", but something was missed";
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
