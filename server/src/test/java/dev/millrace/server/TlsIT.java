package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS and HTTP/2, with clients that we did not write. */
class TlsIT {
    @TempDir
    private Path folder;

    private Path certificate = Path.of("");
    private Path key = Path.of("");
    private MillraceServer server;

    @BeforeEach
    void start() throws Exception {
        certificate = folder.resolve("certificate.pem");
        key = folder.resolve("key.pem");
        take(DevelopmentCertificate.make());
        server = MillraceServer.builder().port(0).tls(certificate, key).start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void opensFiftyStreamsOnOneConnection() throws Exception {
        HttpClient client = client(trusting(certificate));
        List<BufferedReader> streams = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            HttpResponse<InputStream> stream =
                    client.send(request("/events/a?channel=b" + i).build(), BodyHandlers.ofInputStream());
            assertThat(stream.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(stream.headers().firstValue("content-type")).hasValue("text/event-stream;charset=utf-8");
            streams.add(new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8)));
        }
        HttpResponse<String> published = client.send(
                request("/events/a").POST(BodyPublishers.ofString("hello")).build(), BodyHandlers.ofString());
        assertThat(published.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(published.body()).contains("\"recipients\":50");
        assertThat(client.send(request("/clients").build(), BodyHandlers.ofString())
                        .body()
                        .split("\"protocol\":\"HTTP/2\""))
                .hasSize(51);
        for (BufferedReader stream : streams) {
            assertThat(untilData(stream)).isEqualTo("data: hello");
            stream.close();
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> server.hub().statistics().connections() == 0);
    }

    @Test
    void endsAStreamCleanly() throws Exception {
        HttpResponse<InputStream> stream =
                client(trusting(certificate)).send(request("/events/a").build(), BodyHandlers.ofInputStream());
        server.hub().drain();
        assertThat(new String(stream.body().readAllBytes(), StandardCharsets.UTF_8))
                .endsWith("event: closing\ndata: {\"reason\":\"draining\"}\n\n");
    }

    @Test
    void takesABodyAndRefusesOneThatIsTooLarge() throws Exception {
        HttpClient client = client(trusting(certificate));
        HttpRequest.Builder large = request("/events/a").POST(BodyPublishers.ofString("x".repeat(300_000)));
        assertThat(client.send(large.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(413);
        HttpRequest.Builder fits = request("/events/a").POST(BodyPublishers.ofString("x".repeat(200_000)));
        assertThat(client.send(fits.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void servesAStalledStreamFromTheHistory() throws Exception {
        HttpClient client = client(trusting(certificate));
        HttpResponse<InputStream> stalled = client.send(request("/events/big").build(), BodyHandlers.ofInputStream());
        BufferedReader reader = new BufferedReader(new InputStreamReader(stalled.body(), StandardCharsets.UTF_8));
        for (int i = 0; i < 500; i++) {
            server.hub().publish("big", i + " " + "x".repeat(20_000));
        }
        for (int i = 0; i < 500; i++) {
            assertThat(untilData(reader)).startsWith("data: " + i + " ");
        }
    }

    @Test
    void takesUpANewCertificateWithoutDroppingStreams() throws Exception {
        Certificate first = presented(trusting(certificate));
        HttpResponse<InputStream> stream =
                client(trusting(certificate)).send(request("/events/a").build(), BodyHandlers.ofInputStream());
        DevelopmentCertificate next = DevelopmentCertificate.make();
        take(next);
        await().atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> !presented(trusting(certificate)).equals(first));

        server.hub().publish("a", "still here");
        assertThat(untilData(new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))))
                .isEqualTo("data: still here");
    }

    @Test
    void keepsItsCertificateWhereTheNewOneIsBroken() throws Exception {
        SSLContext trust = trusting(certificate);
        Certificate first = presented(trust);
        Files.writeString(certificate, "no certificate");
        await().during(Duration.ofMillis(2_500)) // the files are looked at every 2 s
                .atMost(Duration.ofSeconds(20))
                .until(() -> presented(trust).equals(first));
    }

    @Test
    void speaksToCurlNghttpAndH2load() throws Exception {
        assumeTrue(isHere("curl"), "curl is not here");
        assertThat(run("curl", "-sk", "--http2", "-w", " %{http_version}", server.uri() + "/healthz"))
                .endsWith(" 2");
        assertThat(run("curl", "-sk", "--http1.1", "-w", " %{http_version}", server.uri() + "/healthz"))
                .endsWith(" 1.1");
        try (MillraceServer plain = MillraceServer.builder().port(0).start()) {
            assertThat(run("curl", "-s", "--http2-prior-knowledge", "-w", " %{http_version}", plain.uri() + "/healthz"))
                    .endsWith(" 2");
        }
        assumeTrue(isHere("h2load"), "h2load is not here");
        assertThat(run("nghttp", "-nv", "--no-verify-peer", server.uri() + "/healthz"))
                .contains("The negotiated protocol: h2", ":status: 200", "END_STREAM")
                .doesNotContain("PROTOCOL_ERROR");
        assertThat(run("h2load", "-n", "2000", "-c", "10", "-m", "20", server.uri() + "/healthz"))
                .contains("2000 succeeded, 0 failed, 0 errored");
    }

    @Test
    void saysWhatIsWrongWithItsFiles() {
        assertThatThrownBy(() -> MillraceServer.builder()
                        .port(0)
                        .tls(folder.resolve("none.pem"), key)
                        .start())
                .hasMessageContaining("none.pem");
        assertThatThrownBy(() -> MillraceServer.builder().port(0).tls(key, key).start())
                .hasMessageContaining("no certificate chain");
    }

    private void take(DevelopmentCertificate made) throws Exception {
        Files.copy(made.certificate(), certificate, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(made.key(), key, StandardCopyOption.REPLACE_EXISTING);
    }

    private HttpRequest.Builder request(String address) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + address));
    }

    private static HttpClient client(SSLContext trust) {
        return HttpClient.newBuilder().sslContext(trust).build();
    }

    private static SSLContext trusting(Path pem) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            store.setCertificateEntry(
                    "hub", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private Certificate presented(SSLContext trust) throws Exception {
        try (SSLSocket socket = (SSLSocket) trust.getSocketFactory().createSocket("localhost", server.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static String untilData(BufferedReader stream) throws Exception {
        for (String line = stream.readLine(); line != null; line = stream.readLine()) {
            if (line.startsWith("data: ") && !line.startsWith("data: {\"clientId\"")) {
                return line;
            }
        }
        throw new AssertionError("the stream has ended");
    }

    private static boolean isHere(String program) throws Exception {
        return new ProcessBuilder("sh", "-c", "command -v " + program).start().waitFor() == 0;
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return out;
    }
}
