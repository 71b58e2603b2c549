package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The log of a hub that runs as a process. */
class LogFormatIT {
    private static final Pattern DOCUMENTED = Pattern.compile("^\\| `([^`]+)` \\|", Pattern.MULTILINE);
    private static final String OWN_LOGBACK =
            "-Dlogback.configurationFile=logback-process.xml"; // not that of the tests
    private static final Pattern MODULES = Pattern.compile("engine|sqlite|redis|http|server");

    @TempDir
    private Path folder;

    @Test
    void isALineOfJsonForEachFactOfWhateverPart() throws Exception {
        List<String> lines;
        try (RedisServer redis = RedisServer.start();
                ServerProcess hub = ServerProcess.start(folder, OWN_LOGBACK, new String[] {
                    "--port", "0", "--log-format", "json", "--redis-url", redis.url()
                })) {
            lines = new ArrayList<>(List.of(hub.line()));
            redis.stop();
            lines.add(hub.line());
            hub.terminate();
            for (String line = hub.line(); !line.equals("null"); line = hub.line()) {
                lines.add(line);
            }
        }
        assertThat(lines).allSatisfy(line -> {
            JsonNode fact = TestHub.json(line);
            assertThat(fact.get("time").asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+Z");
            assertThat(fact.get("severity").asString()).isIn("INFO", "WARNING", "ERROR");
            assertThat(fact.get("logger").asString()).startsWith("dev.millrace.");
            assertThat(fact.get("message").asString()).isNotBlank();
        });
        assertThat(lines.get(0)).contains("listening on http://");
        assertThat(lines).anyMatch(line -> line.contains("\"severity\":\"WARNING\"") && line.contains("is down"));
        assertThat(lines).anyMatch(line -> line.contains("stopping: 0 open streams"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "TEXT"})
    void isForPeopleOtherwise(String format) throws Exception {
        try (ServerProcess hub = ServerProcess.start(folder, "--port", "0", "--log-format", format)) {
            assertThat(hub.line()).matches("Millrace \\S+ listening on http://127\\.0\\.0\\.1:\\d+");
        }
    }

    @Test
    void hasTheLinesThatThePageOnOperationsExplains() throws Exception {
        String page = Files.readString(Path.of("../docs/operations.md"));
        String table = page.substring(page.indexOf("## What the lines of the log mean"));
        Matcher rows = DOCUMENTED.matcher(table);
        String code = code();
        int count = 0;
        while (rows.find()) {
            count++;
            for (String part : rows.group(1).split("…", -1)) {
                assertThat(code).as(rows.group(1)).contains(part.strip());
            }
        }
        assertThat(count).isGreaterThan(10);
    }

    /** All that the hub is made of, with texts that go over lines put together. */
    private static String code() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(".."))) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> MODULES.matcher(file.getName(1).toString()).matches()
                            && file.toString().contains("src/main"))
                    .map(LogFormatIT::text)
                    .collect(Collectors.joining("\n"));
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).replaceAll("\"\\s*\\+ \"", "");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
