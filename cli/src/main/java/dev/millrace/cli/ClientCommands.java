package dev.millrace.cli;

import dev.millrace.server.MoreCommands;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;

/** The commands that talk to a hub. Their classes are loaded when one of them, or the help, is asked for: a hub starts without. */
final class ClientCommands implements MoreCommands {
    private static final Set<String> NAMES =
            Set.of("publish", "listen", "stats", "doctor", "generate-completion", "--help");

    @Override
    public boolean has(String name) {
        return NAMES.contains(name);
    }

    @Override
    public void addTo(CommandLine commands) {
        commands.addSubcommand(new PublishCommand())
                .addSubcommand(new ListenCommand())
                .addSubcommand(new StatsCommand())
                .addSubcommand(new DoctorCommand())
                .addSubcommand(new AutoComplete.GenerateCompletion());
    }
}
