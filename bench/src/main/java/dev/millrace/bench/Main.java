package dev.millrace.bench;

import dev.millrace.bench.compare.CompareCommand;
import dev.millrace.bench.durable.DurableCommand;
import dev.millrace.bench.load.LoadCommand;
import dev.millrace.bench.micro.MicroCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program of this module: {@code ./millrace bench}. */
@Command(
        name = "millrace bench",
        description = "Measures a hub, its parts, and other transports beside it.",
        mixinStandardHelpOptions = true,
        subcommands = {LoadCommand.class, MicroCommand.class, CompareCommand.class, DurableCommand.class})
public final class Main implements Runnable {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
