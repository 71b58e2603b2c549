package dev.millrace.cli;

import dev.millrace.server.CommandLines;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A person at a terminal: runs a command in this process, and reads what it prints, also while it runs. */
final class Terminals {
    private final StringWriter out;
    private final StringWriter err;

    /** Output and errors apart. */
    Terminals() {
        this(new StringWriter(), new StringWriter());
    }

    private Terminals(StringWriter out, StringWriter err) {
        this.out = out;
        this.err = err;
    }

    /** Output and errors on one screen. */
    static Terminals mixed() {
        StringWriter screen = new StringWriter();
        return new Terminals(screen, screen);
    }

    /** Runs it to its end; returns its exit status. */
    int run(String... arguments) {
        return CommandLines.run(
                List.of(arguments),
                Map.of(),
                Path.of("target"),
                () -> {},
                Optional.of(new ClientCommands()),
                new PrintWriter(out, true),
                new PrintWriter(err, true));
    }

    /** Runs it beside the test. */
    CompletableFuture<Integer> start(String... arguments) {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        Thread thread = new Thread(() -> status.complete(run(arguments)), "command");
        thread.setDaemon(true);
        thread.start();
        return status;
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
