package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process: how it starts, and how it ends. */
class ProcessIT {
    @TempDir
    private Path folder;

    private static TestStream open(int port) throws IOException {
        return TestStream.open(RawConnection.to(port, 0), "/events/a", Map.of());
    }

    @Test
    void endsEveryStreamWithAWordAndExitsWithZero() throws Exception {
        try (ServerProcess hub = ServerProcess.start(folder, "--port", "0")) {
            int port = hub.port();
            List<TestStream> streams = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                TestStream stream = open(port);
                assertThat(stream.nextEvent().event()).isEqualTo("connected");
                streams.add(stream);
            }
            hub.terminate();
            List<Integer> retries = new ArrayList<>();
            for (TestStream stream : streams) {
                List<TestStream.Block> rest = stream.rest();
                retries.add(Integer.parseInt(rest.get(0).field("retry")));
                assertThat(rest.get(1).event()).isEqualTo("closing");
                assertThat(rest.get(1).data()).isEqualTo("{\"reason\":\"draining\"}");
                stream.close();
            }
            int least = retries.stream().mapToInt(i -> i).min().orElseThrow();
            int most = retries.stream().mapToInt(i -> i).max().orElseThrow();
            assertThat(most).isGreaterThan(3 * least);
            assertThat(hub.status()).isZero();
        }
    }

    @Test
    void losesNoAcknowledgedEventAtTheEnd() throws Exception {
        try (ServerProcess hub = ServerProcess.start(folder, "--port", "0");
                RawConnection publisher = RawConnection.to(hub.port(), 0)) {
            AtomicInteger acknowledged = new AtomicInteger();
            AtomicBoolean isOver = new AtomicBoolean();
            Thread publishing = new Thread(() -> {
                try {
                    while (!isOver.get()) {
                        publisher
                                .sendHead("POST", "/events/a", "Content-Length: 1")
                                .send("x");
                        if (publisher.answer().status() == 200) {
                            acknowledged.incrementAndGet();
                        }
                    }
                } catch (IOException end) {
                    isOver.set(true);
                }
            });
            publishing.start();
            org.awaitility.Awaitility.await().until(() -> acknowledged.get() > 100);
            hub.terminate();
            assertThat(hub.status()).isZero();
            publishing.join(10_000);
            assertThat(isOver).isTrue();
        }
    }

    @Test
    void waitsNoLongerThanToldForAListenerThatReadsNothing() throws Exception {
        try (ServerProcess hub = ServerProcess.start(folder, "--port", "0", "--drain", "1s")) {
            int port = hub.port();
            try (RawConnection stuck = RawConnection.to(port, 4096);
                    RawConnection publisher = RawConnection.to(port, 0)) {
                stuck.sendHead("GET", "/events/a");
                String much = "x".repeat(200_000);
                for (int i = 0; i < 50; i++) {
                    publisher
                            .sendHead("POST", "/events/a", "Content-Length: " + much.length())
                            .send(much);
                    assertThat(publisher.answer().status()).isEqualTo(200);
                }
                long asked = System.nanoTime();
                hub.terminate();
                assertThat(hub.status()).isZero();
                assertThat(System.nanoTime() - asked).isLessThan(8_000_000_000L);
            }
        }
    }

    @Test
    void endsAtOnceWhenToldTwice() throws Exception {
        try (ServerProcess hub = ServerProcess.start(folder, "--port", "0", "--drain", "60s")) {
            int port = hub.port();
            try (RawConnection busy = RawConnection.to(port, 0)) {
                busy.sendHead("POST", "/events", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked");
                busy.sendChunk("{\"channel\":\"a\",\"data\":1}\n");
                org.awaitility.Awaitility.await().until(() -> {
                    try (RawConnection asking = RawConnection.to(port, 0)) {
                        var stats = asking.sendHead("GET", "/stats").answer();
                        return stats.body().contains("\"published\":1");
                    }
                });
                hub.terminate();
                org.awaitility.Awaitility.await().until(() -> {
                    try (RawConnection asking = RawConnection.to(port, 0)) {
                        return asking.sendHead("GET", "/readyz").answer().status() == 503;
                    }
                });
                assertThat(hub.isAlive()).isTrue();
                hub.terminate();
                assertThat(hub.status()).isEqualTo(143);
            }
        }
    }

    @Test
    void worksWithoutNativeSockets() throws Exception {
        String[] arguments = {"--port", "0"};
        try (ServerProcess hub = ServerProcess.start(folder, "-Dio.netty.transport.noNative=true", arguments)) {
            int port = hub.port();
            try (TestStream stream = open(port);
                    RawConnection publisher = RawConnection.to(port, 0)) {
                stream.nextEvent();
                publisher.sendHead("POST", "/events/a", "Content-Length: 1").send("x");
                assertThat(publisher.answer().status()).isEqualTo(200);
                assertThat(stream.nextEvent().data()).isEqualTo("x");
                hub.terminate();
                assertThat(stream.rest().get(1).event()).isEqualTo("closing");
                assertThat(hub.status()).isZero();
            }
        }
    }

    @Test
    void takesItsSecretFromAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "a secret of at least thirty-two bytes\n");
        try (ServerProcess hub = ServerProcess.start(
                        folder, "--port", "0", "--host", "127.0.0.1", "--jwt-secret-file", "" + file);
                RawConnection asking = RawConnection.to(hub.port(), 0)) {
            assertThat(asking.sendHead("GET", "/events/a").answer().status()).isEqualTo(401);
        }
    }

    @Test
    void refusesATakenPort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerProcess hub = ServerProcess.start(folder, "--port", "" + taken.getLocalPort())) {
            assertThat(hub.status()).isEqualTo(1);
        }
    }

    @Test
    void refusesAnUnknownFlag() throws Exception {
        try (ServerProcess hub = ServerProcess.start(folder, "--colour", "red")) {
            assertThat(hub.status()).isEqualTo(2);
        }
    }

    @Test
    void tellsItsVersion() throws Exception {
        try (ServerProcess hub = ServerProcess.start(folder, "--version")) {
            assertThat(hub.line()).matches("Millrace \\d+\\.\\d+\\.\\d+.*");
            assertThat(hub.status()).isZero();
        }
    }
}
