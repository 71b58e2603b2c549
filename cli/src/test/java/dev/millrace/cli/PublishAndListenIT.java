package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.hub.Notice;
import dev.millrace.server.MillraceServer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code millrace publish} and {@code millrace listen} against a hub. */
class PublishAndListenIT {
    private static final String SECRET = "a secret of at least thirty-two bytes";

    private final MillraceServer server =
            MillraceServer.builder().port(0).historySize(3).start();
    private final String url = server.uri().toString();
    private final InputStream input = System.in;
    private final Terminals publisher = new Terminals();
    private final Terminals listener = new Terminals();

    @AfterEach
    void stop() {
        System.setIn(input);
        server.close();
    }

    @Test
    void whatIsPublishedIsPrinted() throws Exception {
        CompletableFuture<Integer> listening = listen("orders/*", "--count", "2");
        assertThat(publisher.run("publish", "orders/42", "{\"state\": \"shipped\"}", "--event", "status", "--url", url))
                .isZero();
        assertThat(publisher.out()).matches("\\{\"id\":\"[a-z0-9-]+\",\"recipients\":1}\\R");
        assertThat(publisher.run("publish", "--url", url, "orders/temperature", "--", "-3.5 @home"))
                .isZero();
        assertThat(listening.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(listener.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line).endsWith("  orders/42  status  {\"state\":\"shipped\"}"),
                        line -> assertThat(line).endsWith("  orders/temperature  message  -3.5 @home"));
    }

    @Test
    void jsonHasTheDataAsItIs() throws Exception {
        CompletableFuture<Integer> listening = listen("a", "--count", "2", "--json");
        publisher.run("publish", "a", "{\"price\":1.10}", "--url", url);
        server.hub().broadcast("all", "to everyone");
        listening.get(30, TimeUnit.SECONDS);
        assertThat(listener.out().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches(
                                        "\\{\"id\":\"[^\"]+\",\"channel\":\"a\",\"event\":null,\"data\":\\{\"price\":1.10?}}"),
                        line -> assertThat(line)
                                .contains("\"channel\":null,\"event\":\"all\",\"data\":\"to everyone\""));
    }

    @Test
    void whatCouldSteerATerminalIsWrittenOut() throws Exception {
        CompletableFuture<Integer> listening = listen("a", "--count", "1");
        server.hub().publish("a", "one\n\u001b[31mtwo");
        listening.get(30, TimeUnit.SECONDS);
        assertThat(listener.out()).endsWith("  a  message  one\n    \\u001b[31mtwo\n");
    }

    @Test
    void eachLineOfTheInputIsAnEventAsSoonAsItIsThere() throws Exception {
        CompletableFuture<Integer> listening = listen("logs", "--count", "3");
        PipedOutputStream lines = new PipedOutputStream();
        System.setIn(new PipedInputStream(lines));
        CompletableFuture<Integer> publishing = publisher.start("publish", "logs", "--url", url);
        for (String line : List.of("one", "", "{\"n\":2}", "drei ü")) {
            lines.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            lines.flush();
            await().until(() -> line.isEmpty() || listener.out().contains(line));
        }
        lines.close();
        assertThat(publishing.get(30, TimeUnit.SECONDS)).isZero();
        assertThat(publisher.out()).matches("\\{\"accepted\":3,\"lastId\":\"[a-z0-9-]+\"}\\R");
        listening.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aKeyPublishesOnce() {
        String[] command = {"publish", "a", "x", "--idempotency-key", "k", "--url", url};
        assertThat(publisher.run(command)).isZero();
        assertThat(publisher.run(command)).isZero();
        assertThat(publisher.out().lines().distinct()).hasSize(1);
        System.setIn(new ByteArrayInputStream(new byte[0]));
        assertThat(publisher.run("publish", "a", "--idempotency-key", "k", "--url", url))
                .isEqualTo(2);
        assertThat(publisher.err()).contains("--idempotency-key is for one event");
    }

    @Test
    void aListenerComesBackWithWhatItMissedAndTellsGaps() throws Exception {
        String first = publish("1");
        publish("2");
        publish("3");
        assertThat(listener.run("listen", "a", "--last-event-id", first, "--count", "2", "--url", url))
                .isZero();
        assertThat(listener.out().lines()).hasSize(2);
        assertThat(listener.err()).contains("listening to a, and nothing was missed");
        publish("4");
        publish("5");
        Terminals late = new Terminals();
        assertThat(late.run("listen", "a", "--last-event-id", first, "--count", "3", "--json", "--url", url))
                .isZero();
        assertThat(late.out().lines().findFirst())
                .hasValueSatisfying(
                        gap -> assertThat(gap).startsWith("{\"gap\":{\"channel\":\"a\",\"after\":\"" + first));
        Terminals history = new Terminals();
        history.run("listen", "a", "--history", "2", "--count", "2", "--url", url);
        assertThat(history.out().lines()).hasSize(2).last().asString().endsWith("  5");
    }

    @Test
    void goesOnWhenTheConnectionWasLost() throws Exception {
        CompletableFuture<Integer> listening = listen("a", "--count", "2");
        server.hub().publish("a", "before");
        await().until(() -> listener.out().contains("before"));
        server.hub().subscribers().forEach(each -> each.close(Notice.Reason.AGE));
        await().until(() -> listener.err().contains("the hub says closing {\"reason\":\"age\"}"));
        server.hub().publish("a", "after");
        assertThat(listening.get(60, TimeUnit.SECONDS)).isZero();
        assertThat(listener.out()).contains("after");
        assertThat(listener.err()).contains("again in").contains("back, and nothing was missed");
    }

    @Test
    void anErrorTellsWhatToChange() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0)) {
            closed = socket.getLocalPort();
        }
        fails("nothing answers at http://127.0.0.1:" + closed + ": is a hub running there", "127.0.0.1:" + closed);
        fails("there is no host named no.such.host.invalid", "http://no.such.host.invalid");
        fails("is there a hub at " + url + "/elsewhere?", url + "/elsewhere");
        try (MillraceServer guarded =
                MillraceServer.builder().port(0).jwtSecret(SECRET).start()) {
            fails(
                    "the hub wants a token: --token, --token-file or MILLRACE_TOKEN",
                    guarded.uri().toString());
            Terminals maker = new Terminals();
            maker.run("token", "--jwt-secret", SECRET, "--publish", "a");
            String token = maker.out().strip();
            Terminals allowed = new Terminals();
            assertThat(allowed.run(
                            "publish",
                            "a",
                            "x",
                            "--token",
                            token,
                            "--url",
                            guarded.uri().toString()))
                    .isZero();
            Terminals refused = new Terminals();
            assertThat(refused.run(
                            "publish",
                            "b",
                            "x",
                            "--token",
                            token,
                            "--url",
                            guarded.uri().toString()))
                    .isEqualTo(1);
            assertThat(refused.err()).contains("403").contains("b");
        }
    }

    @Test
    void aWrongCommandLineIsOneLineAndStatusTwo() {
        for (String[] wrong : new String[][] {
            {"publish"},
            {"listen"},
            {"publish", "a", "x", "--url", "ftp://x"},
            {"listen", "a", "--count", "many"},
            {"publish", "a", "x", "--retry-for", "2h", "--url", url}
        }) {
            Terminals terminal = new Terminals();
            assertThat(terminal.run(wrong)).isEqualTo(2);
            assertThat(terminal.err()).startsWith("millrace: ").hasLineCount(1);
        }
    }

    private static void fails(String message, String hub) {
        for (String[] command : new String[][] {{"publish", "a", "x"}, {"listen", "a"}}) {
            Terminals terminal = new Terminals();
            String[] whole = Stream.concat(Arrays.stream(command), Stream.of("--url", hub))
                    .toArray(String[]::new);
            assertThat(terminal.run(whole)).as(message).isEqualTo(1);
            assertThat(terminal.err()).contains(message);
        }
    }

    private CompletableFuture<Integer> listen(String channel, String... more) {
        String[] whole = Stream.concat(Stream.of("listen", channel, "--url", url), Arrays.stream(more))
                .toArray(String[]::new);
        CompletableFuture<Integer> status = listener.start(whole);
        await().until(() -> listener.err().contains("listening to"));
        return status;
    }

    private String publish(String data) {
        return server.hub().publish("a", data).toCompletableFuture().join().toString();
    }
}
