package dev.millrace.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Where a setting comes from when no flag gives it: the environment, then a file.
 *
 * <p>{@code --history-size} is {@code MILLRACE_HISTORY_SIZE} in the environment and {@code history-size} in the file.
 */
final class SettingSources implements IDefaultValueProvider {
    private static final String FILE = "millrace.yaml";

    /** Names by which platforms give a setting. */
    private static final Map<String, String> ALIASES =
            Map.of("--port", "PORT", "--redis-url", "REDIS_URL", "--jwt-secret", "JWT_SECRET");

    private final Map<String, String> environment;
    private final Map<String, String> file;

    private SettingSources(Map<String, String> environment, Map<String, String> file) {
        this.environment = environment;
        this.file = file;
    }

    /**
     * The environment, and the file that {@code --config} or {@code MILLRACE_CONFIG} names, or {@code millrace.yaml} if there is one.
     *
     * @param flags the names of all flags, without dashes: no other key is taken
     */
    static SettingSources of(List<String> arguments, Map<String, String> environment, Path folder, Set<String> flags) {
        String named = configFlag(arguments, environment.getOrDefault("MILLRACE_CONFIG", ""));
        Path path = folder.resolve(named.isEmpty() ? FILE : named);
        boolean isThere = !named.isEmpty() || Files.exists(path);
        return new SettingSources(environment, isThere ? read(path, flags) : Map.of());
    }

    private static String configFlag(List<String> arguments, String otherwise) {
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.startsWith("--config=")) {
                return argument.substring("--config=".length());
            } else if (argument.equals("--config") && i + 1 < arguments.size()) {
                return arguments.get(i + 1);
            }
        }
        return otherwise;
    }

    private static Map<String, String> read(Path path, Set<String> flags) {
        Map<String, String> values = new HashMap<>();
        try (Reader reader = Files.newBufferedReader(path)) {
            LoaderOptions options = new LoaderOptions();
            options.setAllowDuplicateKeys(false);
            Object document = new Yaml(new SafeConstructor(options)).load(reader);
            if (document == null) {
                return values;
            }
            if (!(document instanceof Map<?, ?> map)) {
                throw new SettingException(path + " must hold lines such as \"port: 8080\"");
            }
            map.forEach((key, value) -> values.put(known(String.valueOf(key), path, flags), text(key, value, path)));
            return values;
        } catch (IOException e) {
            throw new SettingException("--config: can't read " + path);
        } catch (YAMLException e) {
            throw new SettingException(path + " is not valid YAML: "
                    + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static String known(String key, Path path, Set<String> flags) {
        if (!flags.contains(key)) {
            throw new SettingException(path + ": unknown key " + printable(key) + "; keys are the names of the flags");
        }
        return key;
    }

    private static String printable(String key) {
        return key.replaceAll("[^ -~]", "?");
    }

    private static String text(Object key, @Nullable Object value, Path path) {
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        if (value == null || value instanceof Map) {
            throw new SettingException(path + ": " + key + " must be a value, or a list of values");
        }
        return value.toString();
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option)) {
            return null;
        }
        String flag = option.longestName();
        String key = flag.substring(2);
        String own = environment.get("MILLRACE_" + key.toUpperCase(Locale.ROOT).replace('-', '_'));
        if (own != null) {
            return own;
        }
        String alias = environment.get(ALIASES.getOrDefault(flag, ""));
        return alias != null ? alias : file.get(key);
    }
}
