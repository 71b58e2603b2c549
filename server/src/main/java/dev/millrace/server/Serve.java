package dev.millrace.server;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command that starts a hub, and ends it when the process is asked to end. */
@Command(
        name = "serve",
        description = "Starts the hub. This is what millrace does without a command.",
        mixinStandardHelpOptions = false,
        sortOptions = false)
@SuppressWarnings("UnusedVariable") // what picocli looks at itself
final class Serve implements Callable<Integer> {
    private static final Logger LOGGER = LoggerFactory.getLogger(Serve.class);
    private static final List<String> NOT_SETTINGS = List.of("--help", "--version", "--print-config", "--config");

    @Mixin
    private final Settings settings = new Settings();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "File with settings: a flag's name and its value on each line. Default: millrace.yaml, if there is one.")
    private @Nullable String config;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description = "How the log on stdout looks: text, or json for an object on each line. Default: text.")
    private LogFormat logFormat = LogFormat.TEXT;

    @Option(names = "--print-config", description = "Print the settings in force, secrets masked, and exit.")
    private boolean printConfig;

    @Option(names = "--help", usageHelp = true, description = "Print this help, and exit.")
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Print the version, and exit.")
    private boolean version;

    @Spec
    private @Nullable CommandSpec spec;

    private final Ending ending;
    private final Map<String, String> environment;

    Serve(Ending ending, Map<String, String> environment) {
        this.ending = ending;
        this.environment = environment;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        settings.givenSocket =
                GivenSocket.in(environment, ProcessHandle.current().pid());
        SettingRules rules = new SettingRules(settings);
        rules.check();
        if (printConfig) {
            print(printedConfig());
            return 0;
        }
        logFormat.apply();
        try (MillraceServer server = MillraceServer.start(settings)) {
            listening("Millrace " + Version.TEXT + " listening on " + server.uri());
            ending.await();
            LOGGER.info(
                    "stopping: {} open streams are told to come back",
                    server.hub().subscribers().size());
            server.drain(settings.drain);
        }
        LOGGER.info("stopped");
        return 0;
    }

    private void listening(String line) {
        if (logFormat == LogFormat.JSON) {
            LOGGER.info(line);
        } else {
            print(line + "\n");
        }
    }

    private void print(String text) {
        spec().commandLine().getOut().print(text);
        spec().commandLine().getOut().flush();
    }

    private CommandSpec spec() {
        if (spec == null) {
            throw new IllegalStateException("not run by picocli");
        }
        return spec;
    }

    /** The settings in force as a file that could be given to {@code --config}; but that secrets are masked. */
    private String printedConfig() {
        Map<String, Object> values = new LinkedHashMap<>();
        for (OptionSpec option : spec().options()) {
            Object value = option.getValue();
            boolean isShown = value != null && !NOT_SETTINGS.contains(option.longestName());
            if (isShown && !(value instanceof List<?> list && list.isEmpty())) {
                values.put(option.longestName().substring(2), isSecret(option) ? "****" : printed(value));
            }
        }
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        return new Yaml(options).dump(values);
    }

    static boolean isSecret(OptionSpec option) {
        return option.description().length > 0 && option.description()[0].startsWith("Secret:");
    }

    private static Object printed(Object value) {
        if (value instanceof LogFormat format) {
            return format.name().toLowerCase(Locale.ROOT);
        }
        if (value instanceof java.time.Duration duration) {
            return Values.text(duration);
        }
        boolean isPlain = value instanceof Number || value instanceof Boolean || value instanceof List;
        return isPlain ? value : value.toString();
    }
}
