package dev.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.millrace.client.EventStream;
import dev.millrace.client.StreamEvent;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hub on a socket that it was given, as systemd gives it. */
class GivenSocketIT {
    @BeforeAll
    static void isLinux() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")) && Files.isDirectory(Path.of("/proc/self/fd")), "perl");
    }

    @Test
    void answersARequestThatCameBeforeItWasUp(@TempDir Path data) throws Exception {
        try (Program systemd = systemd("127.0.0.1", "--data-dir", data.toString())) {
            URI hub = address(systemd);
            CompletableFuture<HttpResponse<String>> early = CompletableFuture.supplyAsync(() -> publish(hub, "early"));
            systemd.tell("start");
            assertThat(early.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void refusesNoConnectionAndLosesNothingWhileItRestarts(@TempDir Path data) throws Exception {
        try (Program systemd = systemd("127.0.0.1", "--data-dir", data.toString(), "--retry", "100ms")) {
            URI hub = address(systemd);
            systemd.tell("start");
            systemd.output().await("listening on " + hub);
            List<String> published = new ArrayList<>();
            List<String> received = new ArrayList<>();
            try (EventStream stream = EventStream.builder(hub.resolve("/events/a"))
                    .backoff(Duration.ofMillis(50), Duration.ofMillis(200))
                    .open()) {
                stream.next();
                systemd.tell("stop");
                CompletableFuture<Void> restart = CompletableFuture.runAsync(() -> restart(systemd));
                for (int i = 0; i < 50 || !restart.isDone(); i++) {
                    HttpResponse<String> answer = publish(hub, "event " + i);
                    if (answer.statusCode() == 200) {
                        published.add("event " + i);
                    }
                }
                restart.join();
                published.add("last");
                publish(hub, "last");
                while (!received.contains("last")) {
                    stream.next().ifPresent(event -> {
                        if (event instanceof StreamEvent.Message message
                                && message.name().equals("message")) {
                            received.add(message.data());
                        }
                    });
                }
            }
            assertThat(received).isEqualTo(published);
        }
    }

    @Test
    void keepsAHubWithoutKeysToThisMachine() throws Exception {
        try (Program systemd = systemd("0.0.0.0")) {
            systemd.output().await("port ");
            systemd.tell("start");
            systemd.output().await("but the hub is open to this machine alone");
        }
    }

    private static void restart(Program systemd) {
        try {
            systemd.output().await("ended with 0");
            systemd.tell("start");
            systemd.output().await("listening on");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A request that no server answers yet waits; one that is refused fails the test. */
    private static HttpResponse<String> publish(URI hub, String data) {
        try {
            return Requests.publish(hub, "/events/a", data);
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }

    private static Program systemd(String host, String... flags) throws Exception {
        Path script = Path.of(GivenSocketIT.class.getResource("/systemd.pl").toURI());
        List<String> command = new ArrayList<>(List.of("/usr/bin/perl", script.toString(), host));
        command.addAll(HubProcess.command(flags));
        return Program.start(command);
    }

    private static URI address(Program systemd) throws InterruptedException {
        return URI.create("http://127.0.0.1:" + systemd.output().await("port ").substring("port ".length()));
    }
}
