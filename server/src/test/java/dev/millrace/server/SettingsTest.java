package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flags, environment and file, up to the settings in force; no hub is started. */
class SettingsTest {
    private static final String SECRET = "a-secret-of-32-bytes-or-somewhat-more";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> environment, String... arguments) {
        return CommandLines.run(
                List.of(arguments), environment, folder, () -> {}, new PrintWriter(out), new PrintWriter(err));
    }

    private String printed(Map<String, String> environment, String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--print-config";
        assertThat(run(environment, all)).as(err.toString()).isZero();
        return out.toString();
    }

    private void file(String text) throws IOException {
        Files.writeString(folder.resolve("millrace.yaml"), text);
    }

    @Test
    void prefersFlagToEnvironmentToFileToDefault() throws Exception {
        file("port: 1\nhistory-size: 1\nretry: 1s\n");
        String config = printed(Map.of("MILLRACE_PORT", "2", "MILLRACE_HISTORY_SIZE", "2"), "--port", "3");
        assertThat(config.lines())
                .contains("port: 3", "history-size: 2", "retry: 1s", "heartbeat: 30s", "max-connections: 10000");
    }

    @Test
    void readsTheNamesThatPlatformsUse() {
        assertThat(printed(Map.of("PORT", "81", "JWT_SECRET", SECRET)).lines())
                .contains("port: 81", "jwt-secret: '****'", "host: 0.0.0.0");
        assertThat(printed(Map.of("PORT", "81", "MILLRACE_PORT", "82")).lines()).contains("port: 82");
    }

    @Test
    void readsTheFileThatIsNamed() throws Exception {
        Path other = Files.writeString(
                folder.resolve("other.yaml"), "port: 5\ncors-origin: [https://a.example, https://b.example]");
        assertThat(printed(Map.of(), "--config", other.toString()).lines())
                .contains("port: 5", "- https://a.example", "- https://b.example");
        assertThat(printed(Map.of("MILLRACE_CONFIG", "other.yaml")).lines()).contains("port: 5");
        assertThat(printed(Map.of(), "--config=other.yaml").lines()).contains("port: 5");
    }

    @Test
    void showsNoSecret() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        assertThat(printed(Map.of(), "--jwt-secret-file", file.toString()))
                .contains("jwt-secret-file: " + file)
                .doesNotContain(SECRET);
        assertThat(printed(Map.of(), "--jwt-secret", SECRET))
                .contains("jwt-secret: '****'")
                .doesNotContain(SECRET);
    }

    @Test
    void printsWhatItCouldReadAgain() throws Exception {
        String config = printed(
                Map.of(),
                "--history-ttl",
                "90m",
                "--history-memory",
                "64MiB",
                "--public",
                "a/*,b",
                "--jwt-secret",
                SECRET);
        assertThat(config.lines()).contains("history-ttl: 90m", "history-memory: 67108864", "public:", "- a/*", "- b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--colour=red | --colour",
                "--port=abc | --port",
                "--port=70000 | --port",
                "--port | --port",
                "--heartbeat=fast | --heartbeat",
                "--heartbeat=0s | --heartbeat",
                "--history-memory=much | --history-memory",
                "--history-size=0 | --history-size",
                "--max-event-size=1TiB | --max-event-size",
                "--max-connections-per-ip=0 | --max-connections-per-ip",
                "--inbox=a*b | --inbox",
                "--cors-origin=app.example | --cors-origin",
                "--cors-origin=*,https://a.example | --cors-origin",
                "--trusted-proxies=here | --trusted-proxies",
                "--jwt-secret=short | --jwt-secret",
                "--jwt-secret-file=missing | --jwt-secret-file",
                "--jwt-public-key=missing.pem | --jwt-public-key",
                "--jwks-url=http://far.example/keys | --jwks-url",
                "--public=a | --public",
                "--host=0.0.0.0 | --host",
                "--publish-rate=0 | --publish-rate",
                "--config=missing.yaml | --config",
                "stray | stray"
            })
    void refusesABadValueInOneLineThatNamesIt(String argument, String named) {
        assertThat(run(Map.of(), argument)).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains(named);
    }

    @Test
    void refusesABadValueOfTheEnvironment() {
        assertThat(run(Map.of("MILLRACE_RETRY", "soon"))).isEqualTo(2);
        assertThat(err.toString()).contains("--retry");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prot: 80",
                "a b: 1",
                "- port",
                "port: {a: 1}",
                "port:",
                "port: 1\nport: 2",
                "{",
                "port: [",
                "!!java.util.Date 1"
            })
    void refusesAFileThatIsNotUnderstood(String text) throws Exception {
        file(text);
        assertThat(run(Map.of(), "--print-config")).isEqualTo(2);
        assertThat(err.toString().lines()).singleElement().asString().contains("millrace.yaml");
    }

    @Test
    void refusesTwoWaysToSayWhoMayComeIn() {
        assertThat(run(Map.of(), "--anonymous", "--jwt-secret", SECRET)).isEqualTo(2);
        assertThat(run(Map.of(), "--jwks-url", "https://a.example/keys", "--jwt-secret", SECRET))
                .isEqualTo(2);
    }

    @Test
    void opensToTheNetworkOnlyWhereItIsGuardedOrToldTo() {
        assertThat(printed(Map.of()).lines()).contains("host: 127.0.0.1");
        assertThat(printed(Map.of(), "--anonymous").lines()).contains("host: 0.0.0.0");
        assertThat(printed(Map.of("MILLRACE_ANONYMOUS", "false")).lines()).contains("anonymous: false");
    }

    @Test
    void listsEveryFlagInItsHelp() {
        assertThat(run(Map.of(), "--help")).isZero();
        for (String flag : List.of(
                "--port",
                "--host",
                "--history-size",
                "--history-ttl",
                "--history-memory",
                "--data-dir",
                "--redis-url",
                "--inbox",
                "--heartbeat",
                "--retry",
                "--max-connections",
                "--max-connections-per-ip",
                "--max-age",
                "--write-timeout",
                "--drain",
                "--trusted-proxies",
                "--max-event-size",
                "--max-channels-per-client",
                "--publish-rate",
                "--cors-origin",
                "--jwt-secret",
                "--jwt-public-key",
                "--jwks-url",
                "--public",
                "--anonymous",
                "--system-metrics",
                "--tls-cert",
                "--tls-key",
                "--config",
                "--print-config")) {
            assertThat(out.toString()).contains(flag);
        }
    }
}
