package dev.millrace.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.server.MillraceServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client over TLS, where it and the hub agree on HTTP/2. */
@Timeout(60)
class TlsIT {

    private static final char[] PASSWORD = "a password".toCharArray();

    @TempDir
    Path folder;

    private MillraceServer hub;
    private HttpClient http;
    private URI uri;

    @BeforeEach
    void start() throws Exception {
        KeyStore store = selfSigned(folder.resolve("store.p12"));
        Path certificate = pem("CERTIFICATE", store.getCertificate("hub").getEncoded());
        Path key = pem("PRIVATE KEY", store.getKey("hub", PASSWORD).getEncoded());
        hub = MillraceServer.builder()
                .port(0)
                .retry(Duration.ofMillis(20))
                .tls(certificate, key)
                .start();
        http = HttpClient.newBuilder().sslContext(trusting(store)).build();
        uri = URI.create("https://localhost:" + hub.port());
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void carriesManyStreamsAndPublishesOnOneConnection() throws Exception {
        List<EventStream> streams = new ArrayList<>();
        List<Values> values = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            EventStream stream = EventStream.builder(URI.create(uri + "/events/a"))
                    .httpClient(http)
                    .open();
            streams.add(stream);
            values.add(new Values(stream));
            values.get(i).connected();
        }
        Publisher publisher = Publisher.to(uri).withHttpClient(http);
        assertThat(publisher
                        .publish("a", "", "x".repeat(100_000))
                        .get(20, SECONDS)
                        .recipients())
                .isEqualTo(20);
        for (Values each : values) {
            assertThat(each.message().data()).hasSize(100_000);
        }
        streams.forEach(EventStream::close);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> hub.hub().statistics().connections() == 0);
        String version = http.send(Access.request(uri.resolve("/healthz")).build(), BodyHandlers.discarding())
                .version()
                .name();
        assertThat(version).as("agreed on").isEqualTo("HTTP_2");
    }

    @Test
    void goesOnAfterTheHubEndedTheStream() throws Exception {
        try (EventStream stream = EventStream.builder(URI.create(uri + "/events/a"))
                .httpClient(http)
                .backoff(Duration.ofMillis(10), Duration.ofMillis(100))
                .open()) {
            Values values = new Values(stream);
            String clientId = values.connected().clientId();
            Publisher publisher = Publisher.to(uri).withHttpClient(http);
            publisher.publish("a", "", "1").get(20, SECONDS);
            assertThat(values.message().data()).isEqualTo("1");
            URI client = uri.resolve("/clients/" + clientId);
            http.send(Access.request(client).DELETE().build(), BodyHandlers.discarding());
            assertThat(values.message().name()).isEqualTo("closing");
            publisher.publish("a", "", "2").get(20, SECONDS);
            assertThat(values.pastFaults()).isInstanceOf(StreamEvent.Connected.class);
            assertThat(values.message().data()).isEqualTo("2");
        }
    }

    private static KeyStore selfSigned(Path file) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "hub",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor()).isZero();
        return KeyStore.getInstance(file.toFile(), PASSWORD);
    }

    private Path pem(String type, byte[] content) throws Exception {
        String text = "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + type
                + "-----\n";
        return Files.writeString(folder.resolve(type.replace(' ', '-') + ".pem"), text);
    }

    private static SSLContext trusting(KeyStore store) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("hub", store.getCertificate("hub"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
