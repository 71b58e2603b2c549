package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Holds the page of settings to the settings. */
class ConfigurationPageTest {
    private static final Pattern FLAG = Pattern.compile("`(--[a-z-]+)`");

    @Test
    void namesEveryFlagAndNoOther() throws IOException {
        Set<String> documented = new TreeSet<>();
        Matcher flags = FLAG.matcher(Files.readString(Path.of("../docs/configuration.md")));
        while (flags.find()) {
            documented.add(flags.group(1));
        }
        Set<String> real = new CommandLine(new Serve(() -> {}, java.util.Map.of()))
                .getCommandSpec().options().stream()
                        .map(option -> option.longestName())
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(real);
    }
}
