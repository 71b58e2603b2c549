package dev.millrace.bench.durable;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code millrace bench durable}: what it costs to keep events on disk. */
@Command(
        name = "durable",
        description = "Measures the history on disk: publishing, replay, start, and live delivery beside replay.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            PublishCommand.class,
            HttpCommand.class,
            ReplayCommand.class,
            StartCommand.class,
            LiveCommand.class
        })
public final class DurableCommand implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }
}
