package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the program with a data directory does when the disk fails it, and when it is asked to end. */
@SuppressWarnings("try") // strace works while its block runs
class DurabilityIT {
    @TempDir
    private Path folder;

    @Test
    void answersAfterTheSyncHasEnded() throws Exception {
        try (ServerProcess hub = start();
                RawConnection publisher = RawConnection.to(hub.port(), 0)) {
            publish(publisher, "warm");
            Path trace = folder.resolve("trace");
            try (Strace strace = Strace.attach(
                    hub.pid(), trace, "-y", "-s", "400", "-e", "trace=fsync,fdatasync,write,writev,sendto,sendmsg")) {
                for (int i = 0; i < 20; i++) {
                    assertThat(publish(publisher, "event " + i).status()).isEqualTo(200);
                }
            }
            int answers = 0;
            boolean isSynced = false;
            Set<String> syncing = new HashSet<>(); // threads
            for (String line : Files.readAllLines(trace)) {
                String thread = line.substring(0, line.indexOf(' '));
                if (line.matches(".* f(data)?sync\\(.*millrace\\.journal>.* <unfinished \\.\\.\\.>")) {
                    syncing.add(thread);
                } else if (line.matches(".* f(data)?sync\\(.*millrace\\.journal>\\) += 0.*")
                        || (line.matches(".*<\\.\\.\\. f(data)?sync resumed>\\) += 0.*") && syncing.remove(thread))) {
                    isSynced = true;
                } else if (line.contains("HTTP/1.1 200")) {
                    assertThat(isSynced).as("answer %d: %s", answers, line).isTrue();
                    isSynced = false;
                    answers++;
                }
            }
            assertThat(answers).isEqualTo(20);
        }
    }

    @Test
    void neverAcknowledgesWhatASyncHasFailedFor() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        try (ServerProcess hub = start();
                RawConnection publisher = RawConnection.to(hub.port(), 0)) {
            publish(publisher, "warm");
            try (Strace strace = Strace.attach(
                    hub.pid(),
                    folder.resolve("trace"),
                    "-P",
                    folder.resolve("data/millrace.journal").toRealPath().toString(),
                    "-e",
                    "trace=fdatasync,fsync",
                    "-e",
                    "inject=fdatasync,fsync:error=EIO:when=2+3")) {
                for (int i = 0; i < 12; i++) {
                    int status = publish(publisher, "event " + i).status();
                    assertThat(status).isIn(200, 503);
                    (status == 200 ? acknowledged : refused).add("event " + i);
                }
            }
            assertThat(publish(publisher, "after").status()).isEqualTo(200);
            acknowledged.add("after");
        }
        assertThat(refused).as("the failure was really injected").isNotEmpty();
        try (ServerProcess hub = start()) {
            assertThat(history(hub)).containsSubsequence(acknowledged).doesNotContainAnyElementsOf(refused);
        }
    }

    @Test
    void goesOnWhereOnlyTheMarkCanNotBeWritten() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        try (ServerProcess hub = start()) {
            int port = hub.port();
            try (RawConnection publisher = RawConnection.to(port, 0);
                    Strace strace = Strace.attach(
                            hub.pid(),
                            folder.resolve("trace"),
                            "-P",
                            folder.resolve("data/acknowledged").toRealPath().toString(),
                            "-e",
                            "trace=pwrite64",
                            "-e",
                            "inject=pwrite64:error=EIO:when=2+3")) {
                for (int i = 0; i < 12; i++) {
                    assertThat(publish(publisher, "event " + i).status()).isEqualTo(200);
                    acknowledged.add("event " + i);
                }
                assertThat(history(port)).isEqualTo(acknowledged);
            }
        }
        assertThat(folder.resolve("trace")).content().contains("INJECTED");
        try (ServerProcess hub = start()) {
            assertThat(history(hub)).isEqualTo(acknowledged);
        }
    }

    @Test
    void keepsWhatItAcknowledgedThoughTheDatabaseCanNotBeSynced() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        ServerProcess hub = start();
        try (RawConnection publisher = RawConnection.to(hub.port(), 0)) {
            publish(publisher, "warm");
            Path trace = folder.resolve("trace");
            try (Strace strace = Strace.attach(
                    hub.pid(),
                    trace,
                    "-P",
                    folder.resolve("data/millrace.db-wal").toRealPath().toString(),
                    "-e",
                    "trace=fdatasync,fsync",
                    "-e",
                    "inject=fdatasync,fsync:error=EIO")) {
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
                    String event = "event " + acknowledged.size();
                    if (publish(publisher, event).status() == 200) {
                        acknowledged.add(event);
                    }
                    return Files.readString(trace).split("INJECTED", -1).length > 5;
                });
                hub.close(); // by SIGKILL
                hub.status();
            }
        }
        assertThat(acknowledged).hasSizeGreaterThan(5);
        try (ServerProcess next = start()) {
            assertThat(history(next)).containsSubsequence(acknowledged).doesNotHaveDuplicates();
        }
    }

    @Test
    void refusesToPublishWhileTheDiskIsFullAndGoesOnByItself() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("data"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk.toString()), "tmpfs can't be mounted");
        try {
            Path ballast = disk.resolve("ballast");
            try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
                file.write(new byte[6 * 1024 * 1024]);
            }
            List<String> acknowledged = new ArrayList<>();
            try (ServerProcess hub = start()) {
                int port = hub.port();
                try (RawConnection publisher = RawConnection.to(port, 0);
                        TestStream listener =
                                TestStream.open(RawConnection.to(port, 0), "/events/a?heartbeat=event", Map.of())) {
                    assertThat(listener.nextEvent().event()).isEqualTo("connected");
                    String filling = "x".repeat(100_000);
                    for (int i = 0; ; i++) {
                        RawConnection.Answer answer = publish(publisher, i + filling);
                        if (answer.status() != 200) {
                            assertThat(answer.status()).isEqualTo(503);
                            assertThat(answer.body()).contains("disk of the data directory is full");
                            break;
                        }
                        acknowledged.add(brief(i + filling));
                        assertThat(listener.nextEvent().data()).isEqualTo(i + filling);
                    }
                    assertThat(publish(publisher, filling + "more").status()).isEqualTo(503);
                    assertThat(history(port)).as("replay goes on").isEqualTo(acknowledged);
                    listener.connection().socket().setSoTimeout(20_000);
                    assertThat(listener.nextEvent().event()).isEqualTo("heartbeat");

                    Files.delete(ballast);
                    Awaitility.await()
                            .atMost(Duration.ofSeconds(10))
                            .until(() -> publish(publisher, "space again").status() == 200);
                    acknowledged.add("space again");
                    assertThat(listener.nextEvent().data()).isEqualTo("space again");
                }
            }
            try (ServerProcess hub = start()) {
                assertThat(history(hub)).isEqualTo(acknowledged);
            }
        } finally {
            run("umount", "--lazy", disk.toString());
        }
    }

    @Test
    void endsInTimeWithStuckListenersAndKeepsWhatItAcknowledged() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        List<TestStream> reading = new ArrayList<>();
        List<RawConnection> stuck = new ArrayList<>();
        try (ServerProcess hub = start("--drain", "5s")) {
            int port = hub.port();
            try (RawConnection publisher = RawConnection.to(port, 0)) {
                for (int i = 0; i < 700; i++) {
                    TestStream stream = TestStream.open(RawConnection.to(port, 0), "/events/b", Map.of());
                    reading.add(stream);
                    assertThat(stream.nextEvent().event()).isEqualTo("connected");
                }
                for (int i = 0; i < 300; i++) {
                    RawConnection connection = RawConnection.to(port, 4096);
                    stuck.add(connection);
                    connection.sendHead("GET", "/events/a");
                }
                for (int i = 0; i < 20; i++) {
                    String data = i + "x".repeat(100_000);
                    assertThat(publish(publisher, data).status()).isEqualTo(200);
                    acknowledged.add(brief(data));
                }
                long asked = System.nanoTime();
                hub.terminate();
                for (TestStream stream : reading) {
                    assertThat(stream.rest())
                            .last()
                            .matches(block -> block.event().equals("closing"));
                }
                assertThat(hub.status()).isZero();
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(15));
            }
        } finally {
            for (TestStream stream : reading) {
                stream.close();
            }
            for (RawConnection connection : stuck) {
                connection.close();
            }
        }
        try (ServerProcess hub = start()) {
            assertThat(history(hub)).isEqualTo(acknowledged);
        }
    }

    private ServerProcess start(String... more) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--port", "0", "--data-dir", "data", "--heartbeat", "1s"));
        arguments.addAll(List.of(more));
        return ServerProcess.start(folder, arguments.toArray(String[]::new));
    }

    private static RawConnection.Answer publish(RawConnection connection, String data) throws IOException {
        return connection
                .sendHead("POST", "/events/a", "Content-Length: " + data.length())
                .send(data)
                .answer();
    }

    private static List<String> history(ServerProcess hub) throws IOException {
        return history(hub.port());
    }

    /** The data of all events of the channel, shortened, which the hub gives in pages. */
    private static List<String> history(int port) throws IOException {
        List<String> data = new ArrayList<>();
        try (RawConnection connection = RawConnection.to(port, 0)) {
            String after = "";
            for (int size = -1; data.size() > size; ) {
                size = data.size();
                String address = "/channels/a/history?limit=1000" + after;
                for (JsonNode event : TestHub.json(
                                connection.sendHead("GET", address).answer().body())
                        .get("events")) {
                    data.add(brief(event.get("data").asString()));
                    after = "&after=" + event.get("id").asString();
                }
            }
        }
        return data;
    }

    private static String brief(String data) {
        return data.substring(0, Math.min(20, data.length()));
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false; // there is no such program
        }
    }
}
