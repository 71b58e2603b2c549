package dev.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The settings that the files of this folder speak of, held against the hub's own list. */
class SettingsIT {
    private static final Pattern VARIABLE = Pattern.compile("\\bMILLRACE_([A-Z_]+)");
    private static final Pattern FLAG = Pattern.compile("(?<![\\w-])--([a-z][a-z-]+)");

    /** Lines that are for other programs. */
    private static final Pattern FOREIGN = Pattern.compile("kubectl|gcloud|docker|mvn|systemctl");

    @Test
    void areSettingsOfTheHub() throws Exception {
        Set<String> mentioned = mentioned();
        assertThat(mentioned).contains("heartbeat", "redis-url", "trusted-proxies", "max-age");
        assertThat(help()).containsAll(mentioned);
    }

    private static Set<String> mentioned() throws IOException {
        try (Stream<Path> files = Files.find(Path.of("."), 2, (file, attributes) -> isConfiguration(file))) {
            return files.flatMap(SettingsIT::lines)
                    .filter(line -> !FOREIGN.matcher(line).find())
                    .flatMap(line -> Stream.concat(
                            VARIABLE.matcher(line)
                                    .results()
                                    .map(found -> found.group(1)
                                            .toLowerCase(Locale.ROOT)
                                            .replace('_', '-')),
                            FLAG.matcher(line).results().map(found -> found.group(1))))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isConfiguration(Path file) {
        return file.toString().matches(".*(\\.conf|\\.cfg|Caddyfile|\\.yaml|\\.service|\\.socket|README\\.md)");
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<String> help() throws Exception {
        Process process = new ProcessBuilder(HubProcess.command("--help")).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return FLAG.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toSet());
    }
}
