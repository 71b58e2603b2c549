package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.server.MillraceServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code millrace doctor} against a hub, and against one behind a real nginx that is set up well and wrongly. */
class DoctorIT {
    private static final String HTTP_1_1 = "proxy_http_version 1.1; proxy_set_header Connection \"\"; ";
    private static final String GOOD = HTTP_1_1 + "proxy_buffering off; gzip off; proxy_read_timeout 75s;";

    @TempDir
    private Path folder;

    private final MillraceServer server = MillraceServer.builder()
            .port(0)
            .heartbeat(Duration.ofSeconds(3))
            .corsOrigin("https://app.example")
            .start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aHubWithoutAnythingInFrontIsWell() {
        Terminals terminal = new Terminals();
        assertThat(terminal.run("doctor", server.uri().toString(), "--origin", "https://app.example"))
                .as(terminal.out())
                .isZero();
        assertThat(terminal.out().lines())
                .hasSize(11)
                .allMatch(line -> line.startsWith("ok  ") || line.startsWith("clients of "))
                .anyMatch(line -> line.matches("ok    buffering     3 events came, each within [0-9.]+ ms"))
                .anyMatch(line -> line.contains("the hub's heartbeat came through after 3 s of silence"))
                .anyMatch(line -> line.endsWith("are well served: 0 failed, 0 could be better"));
        assertThat(server.hub().log().last().offset()).as("nothing is kept").isZero();
    }

    @Test
    void aProxyThatIsSetUpWellIsWell() throws Exception {
        try (Nginx nginx = Nginx.start(folder, server.uri(), GOOD)) {
            JsonNode report = report(0, nginx.url());
            assertThat(report.get("verdict").asString()).isEqualTo("ok");
            assertThat(finding(report, "hub").get("text").asString()).contains("through nginx");
        }
    }

    @Test
    void aProxyThatBuffersIsFoundAndMended() throws Exception {
        String buffering = "proxy_buffering on; proxy_ignore_headers X-Accel-Buffering; gzip off;";
        try (Nginx nginx = Nginx.start(folder, server.uri(), buffering)) {
            JsonNode found = finding(report(1, nginx.url()), "buffering");
            assertThat(found.get("verdict").asString()).isEqualTo("fail");
            assertThat(found.get("text").asString()).contains("something holds them back");
            assertThat(found.get("fixes")).hasSize(1);
            assertThat(found.get("fixes").get(0).get("where").asString()).isEqualTo("nginx");
            assertThat(found.get("fixes").get(0).get("change").asString()).contains("proxy_buffering off;");
        }
    }

    @Test
    void aProxyThatCompressesIsFound() throws Exception {
        String compressing =
                HTTP_1_1 + "proxy_buffering off; gzip on; gzip_proxied any; gzip_types *; gzip_min_length 0;"
                        + " proxy_read_timeout 75s;";
        try (Nginx nginx = Nginx.start(folder, server.uri(), compressing)) {
            JsonNode found = finding(report(1, nginx.url()), "compression");
            assertThat(found.get("verdict").asString()).isEqualTo("fail");
            assertThat(found.get("text").asString()).contains("(gzip)");
            assertThat(found.get("fixes").get(0).get("change").asString()).contains("gzip off;");
        }
    }

    @Test
    void aProxyThatCutsSilentStreamsIsFound() throws Exception {
        try (Nginx nginx =
                Nginx.start(folder, server.uri(), HTTP_1_1 + "proxy_buffering off; proxy_read_timeout 1s;")) {
            JsonNode found = finding(report(1, nginx.url()), "idle timeout");
            assertThat(found.get("verdict").asString()).isEqualTo("fail");
            assertThat(found.get("text").asString()).contains("cut after 1 s");
            assertThat(found.get("fixes").get(0).get("change").asString()).contains("proxy_read_timeout 75s;");
        }
    }

    @Test
    void aProxyThatDropsTheLastIdIsFound() throws Exception {
        try (Nginx nginx = Nginx.start(folder, server.uri(), GOOD + " proxy_set_header Last-Event-ID \"\";")) {
            JsonNode found = finding(report(1, nginx.url(), "--idle", "0s"), "resume");
            assertThat(found.get("text").asString()).contains("Last-Event-ID does not reach the hub");
        }
    }

    @Test
    void aPageOfAnotherOriginNeedsToBeAllowed() {
        JsonNode found = finding(
                report(1, server.uri().toString(), "--idle", "0s", "--origin", "https://other.example"), "CORS");
        assertThat(found.get("fixes").get(0).get("change").asString()).isEqualTo("--cors-origin https://other.example");
    }

    @Test
    void whatIsNoHubIsFound() throws Exception {
        assertThat(finding(report(1, server.uri() + "/elsewhere"), "hub")
                        .get("text")
                        .asString())
                .contains("it is no hub: 404");
        assertThat(finding(report(1, "http://no.such.host.invalid"), "reach")
                        .get("text")
                        .asString())
                .contains("there is no host named no.such.host.invalid");
        assertThat(finding(report(1, "http://127.0.0.1:" + Nginx.freePort()), "reach")
                        .get("text")
                        .asString())
                .contains("nothing takes connections");
    }

    @Test
    void aHubThatWantsATokenSaysSo() {
        try (MillraceServer guarded = MillraceServer.builder()
                .port(0)
                .jwtSecret("a secret of at least thirty-two bytes")
                .start()) {
            JsonNode found = finding(report(1, guarded.uri().toString(), "--idle", "0s"), "stream");
            assertThat(found.get("text").asString()).contains("the hub wants a token");
        }
    }

    @Test
    void aCertificateThatNobodyTrustsIsFoundAndCanBePassedOver() throws Exception {
        Certificate made = Certificate.selfSigned(folder);
        try (MillraceServer secure = MillraceServer.builder()
                .port(0)
                .tls(made.certificate(), made.key())
                .start()) {
            String url = "https://localhost:" + secure.uri().getPort();
            JsonNode stopped = report(1, url);
            assertThat(finding(stopped, "TLS").get("text").asString()).contains("signed by itself");
            assertThat(stopped.get("findings"))
                    .as("nothing is sent to a stranger")
                    .hasSize(2);
            JsonNode passed = report(0, url, "--insecure", "--idle", "0s");
            assertThat(passed.get("verdict").asString()).isEqualTo("warn");
            assertThat(finding(passed, "HTTP version").get("text").asString()).startsWith("HTTP/2");
            assertThat(finding(passed, "buffering").get("verdict").asString()).isEqualTo("ok");
        }
    }

    private static JsonNode report(int status, String url, String... more) {
        Terminals terminal = new Terminals();
        List<String> arguments = new ArrayList<>(List.of("doctor", url, "--json"));
        arguments.addAll(List.of(more));
        if (!arguments.contains("--idle")) {
            arguments.addAll(List.of("--idle", "8s"));
        }
        int ended = terminal.run(arguments.toArray(String[]::new));
        assertThat(ended).as(terminal.out() + terminal.err()).isEqualTo(status);
        return JsonMapper.shared().readTree(terminal.out());
    }

    private static JsonNode finding(JsonNode report, String check) {
        return report.get("findings")
                .valueStream()
                .filter(finding -> finding.get("check").asString().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + check + " in " + report));
    }
}
