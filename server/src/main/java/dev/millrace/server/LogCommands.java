package dev.millrace.server;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Position;
import dev.millrace.sqlite.LogFile;
import dev.millrace.sqlite.LogImport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands that look into a data directory and move what is in it. */
@Command(
        name = "log",
        description = "Looks into the history on disk, and moves it. All but import work beside a running hub.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("UnusedMethod") // picocli calls them
final class LogCommands {
    private static final String DATA_DIR = "The data directory of the hub.";

    @Spec
    private @Nullable CommandSpec spec;

    @Command(
            name = "ls",
            description = "Lists the channels: events kept, first id, last id.",
            mixinStandardHelpOptions = true)
    int ls(@Option(names = "--data-dir", required = true, paramLabel = "FOLDER", description = DATA_DIR) Path folder) {
        try (LogFile log = LogFile.open(folder)) {
            log.channels(channel -> out().printf(
                            "%8d  %s  %s  %s%n",
                            channel.retained(), channel.first(), channel.last(), channel.channel()));
            out().flush();
        }
        return 0;
    }

    @Command(
            name = "cat",
            description = "Prints the events of channels, each a line of JSON, oldest first.",
            mixinStandardHelpOptions = true)
    int cat(
            @Option(names = "--data-dir", required = true, paramLabel = "FOLDER", description = DATA_DIR) Path folder,
            @Option(names = "--after", paramLabel = "ID", defaultValue = "", description = "Begins after this id.")
                    String after,
            @Parameters(paramLabel = "CHANNEL", arity = "0..*", description = "Channels and patterns. Default: all.")
                    @Nullable
                    List<String> channels) {
        ChannelSet set = channels == null || channels.isEmpty() ? LogFile.allChannels() : set(channels);
        try (LogFile log = LogFile.open(folder)) {
            Position place = after.isEmpty() ? log.beforeFirst() : position(after);
            log.events(set, place, event -> out().println(EventLine.of(event)));
            out().flush();
        }
        return 0;
    }

    private static ChannelSet set(List<String> channels) {
        try {
            return ChannelSet.of(channels).withoutBroadcasts();
        } catch (IllegalArgumentException e) {
            throw new SettingException(String.valueOf(e.getMessage()));
        }
    }

    private static Position position(String id) {
        return Position.parse(id).orElseThrow(() -> new SettingException("--after must be an event's id"));
    }

    @Command(
            name = "verify",
            description = "Looks at every event and at the structure of the file; ends with 1 if something is wrong.",
            mixinStandardHelpOptions = true)
    int verify(
            @Option(names = "--data-dir", required = true, paramLabel = "FOLDER", description = DATA_DIR) Path folder) {
        int[] problems = {0};
        try (LogFile log = LogFile.open(folder)) {
            Progress progress = new Progress(err(), "verified");
            log.verify(
                    problem -> {
                        problems[0]++;
                        out().println(problem);
                    },
                    progress::part);
            out().println(problems[0] == 0 ? "all is well up to " + log.last() : problems[0] + " problems");
        }
        return problems[0] == 0 ? 0 : 1;
    }

    @Command(
            name = "export",
            description = "Writes all events to a file, each a line of JSON, oldest first.",
            mixinStandardHelpOptions = true)
    int export(
            @Option(names = "--data-dir", required = true, paramLabel = "FOLDER", description = DATA_DIR) Path folder,
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            defaultValue = "-",
                            description = "Default: what is printed.")
                    String file)
            throws IOException {
        try (LogFile log = LogFile.open(folder)) {
            if (file.equals("-")) {
                export(log, out());
                out().flush();
                return 0;
            }
            try (PrintWriter to = new PrintWriter(Files.newBufferedWriter(Path.of(file)))) {
                export(log, to);
                if (to.checkError()) {
                    throw new IOException(file + " can't be written: is the disk full?");
                }
            }
        }
        return 0;
    }

    private void export(LogFile log, PrintWriter to) {
        Progress progress = new Progress(err(), "exported");
        Position before = log.beforeFirst();
        double all = Math.max(1, log.last().offset() - before.offset());
        log.events(LogFile.allChannels(), before, event -> {
            to.print(EventLine.of(event) + "\n");
            progress.part((event.offset() - before.offset()) / all);
        });
        progress.part(1);
    }

    @Command(
            name = "import",
            description = "Adds exported events to the log as the newest ones, with new ids; no hub may be using it.",
            mixinStandardHelpOptions = true)
    int importFrom(
            @Option(names = "--data-dir", required = true, paramLabel = "FOLDER", description = DATA_DIR) Path folder,
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            defaultValue = "-",
                            description = "Default: standard input.")
                    String file)
            throws IOException {
        long lines = 0;
        try (BufferedReader from = file.equals("-")
                        ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        : Files.newBufferedReader(Path.of(file));
                LogImport log = LogImport.open(folder, Clock.systemUTC())) {
            Progress progress = new Progress(err(), "imported");
            for (String line = from.readLine(); line != null; line = from.readLine()) {
                lines++;
                try {
                    EventLine event = EventLine.parse(line);
                    log.add(event.publication(), event.time());
                } catch (IllegalArgumentException e) {
                    throw new SettingException(
                            "line " + lines + ": " + e.getMessage() + "; the lines before it were imported");
                }
                progress.count(lines);
            }
        }
        out().println("imported " + lines + " events");
        return 0;
    }

    private PrintWriter out() {
        return spec().commandLine().getOut();
    }

    private PrintWriter err() {
        return spec().commandLine().getErr();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }
}
