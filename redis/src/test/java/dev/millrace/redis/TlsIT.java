package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** A Redis that speaks TLS alone. */
class TlsIT {
    @Test
    void speaksTls() throws IOException, InterruptedException {
        Assumptions.assumeTrue(RedisServer.isInstalled("openssl"), "skipped: no openssl on the path");
        Path folder = Files.createTempDirectory("millrace-tls");
        try {
            makeCertificate(folder);
            try (RedisServer server = RedisServer.start(
                    "--tls-port",
                    "PORT",
                    "--tls-cert-file",
                    folder.resolve("cert.pem").toString(),
                    "--tls-key-file",
                    folder.resolve("key.pem").toString(),
                    "--tls-auth-clients",
                    "no")) {
                String url = "rediss://127.0.0.1:" + server.port();
                try (TestNode node = new TestNode(url + "?verifyPeer=NONE")) {
                    Client client = new Client("c").connect(node);
                    node.publish("c", "1");
                    Waiting.until(() -> client.has("1"));
                }
                assertThatThrownBy(() -> RedisNode.start(RedisSettings.of(url)))
                        .as("a certificate that nobody vouches for")
                        .isInstanceOf(LogUnavailableException.class)
                        .hasMessageContaining("certification path");
            }
        } finally {
            try (var files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    private static void makeCertificate(Path folder) throws IOException, InterruptedException {
        Process openssl = new ProcessBuilder(List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-subj",
                        "/CN=127.0.0.1",
                        "-keyout",
                        folder.resolve("key.pem").toString(),
                        "-out",
                        folder.resolve("cert.pem").toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        if (!openssl.waitFor(30, TimeUnit.SECONDS) || openssl.exitValue() != 0) {
            throw new AssertionError(Files.readString(folder.resolve("log")));
        }
    }
}
