package dev.millrace.server;

import dev.millrace.log.LogUnavailableException;
import dev.millrace.sqlite.DataDirectoryException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The program's command line: its commands, what they print when something is wrong, and the status they end with. */
public final class CommandLines {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private CommandLines() {}

    /**
     * Runs a command; returns its exit status.
     *
     * @param folder where relative file names begin
     */
    static int run(
            List<String> arguments,
            Map<String, String> environment,
            Path folder,
            Ending ending,
            Optional<MoreCommands> more) {
        return run(
                arguments,
                environment,
                folder,
                ending,
                more,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    }

    static int run(
            List<String> arguments,
            Map<String, String> environment,
            Path folder,
            Ending ending,
            PrintWriter out,
            PrintWriter err) {
        return run(arguments, environment, folder, ending, Optional.empty(), out, err);
    }

    /**
     * Runs a command; returns its exit status.
     *
     * @param folder where relative file names begin
     * @param more commands beside the hub's own
     */
    public static int run(
            List<String> arguments,
            Map<String, String> environment,
            Path folder,
            Ending ending,
            Optional<MoreCommands> more,
            PrintWriter out,
            PrintWriter err) {
        CommandLine commands = new CommandLine(new Serve(ending, environment))
                .addSubcommand(new LogCommands())
                .addSubcommand(new TokenCommand());
        more.ifPresent(others -> others.addTo(commands));
        commands.setCommandName("millrace")
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // data may begin with an @
                .setOut(out)
                .setErr(err)
                .registerConverter(Duration.class, text -> converted(() -> Values.duration(text)))
                .registerConverter(Long.class, text -> converted(() -> Values.bytes(text)))
                .registerConverter(Long.TYPE, text -> converted(() -> Values.bytes(text)))
                .setParameterExceptionHandler((e, unused) -> complain(e, MISUSED))
                .setExecutionExceptionHandler((e, command, parsed) -> complain(command, e));
        commands.getCommandSpec().version("Millrace " + Version.TEXT);
        Set<String> flags = commands.getCommandSpec().options().stream()
                .map(option -> option.longestName().substring(2))
                .collect(Collectors.toSet());
        try {
            commands.setDefaultValueProvider(SettingSources.of(arguments, environment, folder, flags));
        } catch (SettingException e) {
            err.println("millrace: " + e.getMessage());
            return MISUSED;
        }
        return commands.execute(arguments.toArray(String[]::new));
    }

    private static <T> T converted(java.util.function.Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }

    private static int complain(ParameterException e, int status) {
        String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        e.getCommandLine().getErr().println("millrace: " + line + " (millrace --help lists the flags)");
        return status;
    }

    private static int complain(CommandLine command, Exception e) throws Exception {
        boolean isFailure =
                e instanceof IOException || e instanceof DataDirectoryException || e instanceof LogUnavailableException;
        if (isFailure || e instanceof SettingException) {
            command.getErr().println("millrace: " + e.getMessage());
            return isFailure ? FAILED : MISUSED;
        }
        throw e;
    }
}
