package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.redis.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /metrics} tells; its names are those of the page on operations. */
class MetricsIT {
    private static final Pattern DOCUMENTED =
            Pattern.compile("^\\| `([a-z][a-z_0-9]+)` \\| (\\w+) ", Pattern.MULTILINE);

    @TempDir
    private Path folder;

    @Test
    void countsWhatHappens() throws Exception {
        try (MillraceServer server =
                MillraceServer.builder().port(0).historySize(2).start()) {
            TestHub hub = new TestHub(server);
            String first = hub.publish("a", "0");
            try (TestStream stream = TestStream.open(server, "/events/a?clientId=the-client-of-this-test")) {
                stream.nextEvent();
                for (String data : List.of("one", "two", "three")) {
                    hub.publish("a", data);
                    stream.nextEvent();
                }
                Exposition now = metrics(hub);
                assertThat(now.value("millrace_connections")).isEqualTo(1);
                assertThat(now.value("millrace_ready")).isEqualTo(1);
                assertThat(now.value("millrace_events_published_total")).isEqualTo(4);
                assertThat(now.value("millrace_events_delivered_total")).isEqualTo(3);
                assertThat(now.value("millrace_delivered_bytes_total")).isBetween(60.0, 300.0);
                assertThat(now.value("millrace_publish_seconds_count")).isEqualTo(4);
                assertThat(now.value("millrace_delivery_seconds_count")).isBetween(1.0, 3.0);
                assertThat(now.value("millrace_loop_busy_seconds_total{loop=\"0\"}"))
                        .isPositive();
                assertThat(hub.delete("/clients/the-client-of-this-test").statusCode())
                        .isLessThan(300);
            }
            TestStream.open(server, "/events/a?lastEventId=" + first).close();
            await().untilAsserted(() -> {
                Exposition now = metrics(hub);
                assertThat(now.value("millrace_streams_closed_total{cause=\"kicked\"}"))
                        .isEqualTo(1);
                assertThat(now.value("millrace_streams_closed_total{cause=\"client\"}"))
                        .isEqualTo(1);
                assertThat(now.value("millrace_gaps_total{cause=\"late\"}")).isEqualTo(1);
            });
        }
    }

    @Test
    void namesNoChannelAndNoClient() throws Exception {
        try (MillraceServer server = MillraceServer.builder().port(0).start()) {
            TestHub hub = new TestHub(server);
            hub.publish("some-channel", "x");
            try (TestStream stream = TestStream.open(server, "/events/some-channel?clientId=the-client-of-this-test")) {
                stream.nextEvent();
                assertThat(hub.get("/metrics").body()).doesNotContain("some-channel", "the-client-of-this-test");
                assertThat(metrics(hub).labels())
                        .isSubsetOf("action", "area", "cause", "gc", "id", "le", "loop", "version");
            }
        }
    }

    @Test
    void hasTheNamesOfThePageAndNoOther() throws Exception {
        try (RedisServer redis = RedisServer.start();
                MillraceServer onRedis =
                        MillraceServer.builder().port(0).redisUrl(redis.url()).start();
                MillraceServer onDisk =
                        MillraceServer.builder().port(0).dataDir(folder).start()) {
            Map<String, String> documented = new TreeMap<>();
            Matcher rows = DOCUMENTED.matcher(Files.readString(Path.of("../docs/operations.md")));
            while (rows.find()) {
                documented.put(rows.group(1), rows.group(2));
            }
            TestHub redisHub = new TestHub(onRedis);
            TestHub diskHub = new TestHub(onDisk);
            redisHub.publish("a", "x");
            diskHub.publish("a", "x");
            assertThat(metrics(redisHub).value("millrace_log_commit_seconds_count"))
                    .isPositive();
            assertThat(metrics(diskHub).value("millrace_log_commit_seconds_count"))
                    .isPositive();
            System.gc(); // some names come with the first collection
            await().untilAsserted(() -> {
                Map<String, String> there = new TreeMap<>(metrics(redisHub).types());
                there.putAll(metrics(diskHub).types());
                assertThat(there).isEqualTo(documented);
            });
        }
    }

    @Test
    void passesTheCheckOfPrometheus() throws Exception {
        try (MillraceServer server =
                MillraceServer.builder().port(0).dataDir(folder).start()) {
            Path metrics = folder.resolve("metrics.txt");
            Files.writeString(metrics, new TestHub(server).get("/metrics").body());
            assertThat(promtool(metrics, "check", "metrics")).isEmpty();
        }
    }

    @Test
    void hasAlertsThatPassTheCheckOfPrometheus() throws Exception {
        Path alerts = Path.of("../deploy/grafana/alerts.yaml");
        assertThat(promtool(alerts, "check", "rules", alerts.toString())).contains("SUCCESS");
    }

    /** What it says to this input; the test is skipped where it is not installed, and fails where it fails. */
    private static String promtool(Path input, String... arguments) throws IOException, InterruptedException {
        boolean isInstalled = Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .anyMatch(path -> Files.isExecutable(Path.of(path, "promtool")));
        assumeThat(isInstalled).as("promtool, of Debian's package prometheus").isTrue();
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process check = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(check.waitFor()).as(said).isZero();
        return said;
    }

    private static Exposition metrics(TestHub hub) throws IOException, InterruptedException {
        return Exposition.parse(hub.get("/metrics").body());
    }
}
