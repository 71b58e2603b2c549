package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelSet;
import dev.millrace.server.MillraceServer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code millrace stats} against a hub, without and with a real terminal. */
class StatsIT {
    private final MillraceServer server = MillraceServer.builder().port(0).start();
    private final String url = server.uri().toString();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void printsTheFiguresOnce() {
        server.hub().subscribe(Subscription.to(ChannelSet.of("a")), event -> {});
        server.hub().publish("a", "x").toCompletableFuture().join();
        Terminals terminal = new Terminals();
        assertThat(terminal.run("stats", url, "--once")).isZero();
        assertThat(terminal.out())
                .startsWith("Millrace at " + url + ", up ")
                .containsPattern("connections +1 of 10,000, 0s old on average")
                .containsPattern("published +1\n")
                .doesNotContain("\u001b");
    }

    @Test
    void printsALineEachTimeWhereThereIsNoTerminal() {
        Terminals terminal = new Terminals();
        terminal.start("stats", url, "--interval", "100ms");
        await().until(() -> terminal.out().lines().count() >= 2);
        server.hub().publish("a", "x");
        await().until(() -> terminal.out().lines().anyMatch(line -> line.matches(".*  in (?!0\\.0)[0-9.]+/s .*")));
        assertThat(terminal.out().lines().findFirst())
                .hasValueSatisfying(line -> assertThat(line).matches("[0-9:]+  connections 0  in 0.0/s  out 0.0/s .*"));
    }

    @Test
    void endsWhenTheHubHasGone() throws Exception {
        Terminals terminal = new Terminals();
        var status = terminal.start("stats", url, "--interval", "100ms");
        await().until(() -> terminal.out().lines().count() >= 1);
        server.close();
        assertThat(status.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(terminal.err()).contains("nothing answers at " + url);
    }

    /** {@code script} gives it a terminal. */
    @Test
    void drawsAViewOnATerminal() throws Exception {
        Path script = Path.of("/usr/bin/script");
        assumeTrue(Files.isExecutable(script), "script, of util-linux");
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String command = Path.of(System.getProperty("java.home"), "bin", "java") + " -cp " + classPath
                + " dev.millrace.cli.Main stats " + url + " --interval 100ms";
        Process process = new ProcessBuilder(List.of(script.toString(), "-qfc", command, "/dev/null"))
                .redirectErrorStream(true)
                .start();
        try (InputStream screen = process.getInputStream()) {
            ByteArrayOutputStream seen = new ByteArrayOutputStream();
            byte[] some = new byte[4096];
            while (count(seen, "\u001b[H\u001b[J") < 3) {
                int length = screen.read(some);
                assertThat(length).as(seen.toString(StandardCharsets.UTF_8)).isPositive();
                seen.write(some, 0, length);
            }
            assertThat(seen.toString(StandardCharsets.UTF_8))
                    .contains("Millrace at " + url)
                    .contains("▁▁")
                    .contains("Ctrl-C ends");
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    private static int count(ByteArrayOutputStream text, String part) {
        return text.toString(StandardCharsets.UTF_8).split(Pattern.quote(part), -1).length - 1;
    }
}
