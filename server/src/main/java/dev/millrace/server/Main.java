package dev.millrace.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/** The hub as a program. The only class that touches the environment, and ends the process. */
public final class Main {
    private static final int FAILED = 1;
    private static final int FORCED = 143;

    private static final MoreCommands NO_MORE = new MoreCommands() {
        @Override
        public boolean has(String name) {
            return false;
        }

        @Override
        public void addTo(CommandLine commands) {
            throw new IllegalStateException("there are none");
        }
    };

    private Main() {}

    /** Runs the command that the arguments name. */
    public static void main(String[] arguments) {
        run(arguments, NO_MORE);
    }

    /** The same in a program that has more commands. Those end at the first signal, as programs do. */
    public static void run(String[] arguments, MoreCommands more) {
        boolean isMore = arguments.length > 0 && more.has(arguments[0]);
        int status = FAILED;
        try {
            Ending ending =
                    isMore ? () -> {} : Signals.take(() -> Runtime.getRuntime().halt(FORCED));
            status = CommandLines.run(
                    List.of(arguments),
                    System.getenv(),
                    Path.of(""),
                    ending,
                    isMore ? Optional.of(more) : Optional.empty());
        } catch (Throwable e) { // also an Error: a process whose main thread is gone helps nobody
            Thread main = Thread.currentThread();
            main.getUncaughtExceptionHandler().uncaughtException(main, e);
        }
        System.exit(status);
    }
}
