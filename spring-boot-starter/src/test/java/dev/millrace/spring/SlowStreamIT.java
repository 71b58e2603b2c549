package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Hub;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/** A listener that does not read, among others that do. */
class SlowStreamIT {
    private static final int OTHERS = 10;
    private static final int EVENTS = 1500;
    private static final int EVENT_BYTES = 64 * 1024; // 96 MB in all
    private static final String STALLED = "the-one-that-stalls";
    private static final long HISTORY_BYTES = 8L << 20;

    @EnableAutoConfiguration
    static class App {}

    /** Asks for a stream and reads nothing of it. */
    private static Socket stall(int port) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        String request = "GET /millrace/events/big?clientId=" + STALLED
                + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static ConfigurableApplicationContext run(String... properties) {
        List<String> all = new ArrayList<>(List.of(properties));
        all.add("millrace.history-memory=8MB");
        return TestApp.run(App.class, all.toArray(String[]::new));
    }

    /** Publishes them all, each when the others have the one before it; checks that they get all, in order. */
    private static void publishToOthers(ConfigurableApplicationContext context) throws Exception {
        Hub hub = context.getBean(Hub.class);
        List<TestStream> others = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            others.add(TestStream.open(TestApp.port(context), "/millrace/events/big"));
            others.get(i).next("connected");
        }
        await("all streams are there", () -> hub.statistics().connections() == OTHERS + 1);
        String filling = "x".repeat(EVENT_BYTES);
        for (int n = 0; n < EVENTS; n++) {
            hub.publish("big", "n", n + " " + filling);
            for (TestStream other : others) {
                assertThat(other.next("n").data()).startsWith(n + " ");
            }
        }
        for (TestStream other : others) {
            other.close();
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    @Test
    void theOthersGetEverythingWhileItStallsAndThenItLearnsOfItsGap() throws Exception {
        try (ConfigurableApplicationContext context =
                        run("millrace.write-timeout=1h", "server.tomcat.connection-timeout=1h");
                Socket stalled = stall(TestApp.port(context))) {
            long before = usedMemory();
            publishToOthers(context);
            assertThat(usedMemory() - before)
                    .as("memory that %d MB unread have left", (EVENTS * EVENT_BYTES) >> 20)
                    .isLessThan(HISTORY_BYTES + (16 << 20));
            context.getBean(Hub.class).publish("big", "last", "x");
            String read = readUntil(stalled.getInputStream(), "event: last\n");
            assertThat(read).contains("event: n\ndata: 0 x", "event: gap\n");
        }
    }

    @Test
    void oneThatTakesNothingForTooLongIsCut() throws Exception {
        try (ConfigurableApplicationContext context = run("millrace.write-timeout=1s");
                Socket stalled = stall(TestApp.port(context))) {
            publishToOthers(context);
            await(
                    "it was cut",
                    () -> context.getBean(Hub.class).subscriber(STALLED).isEmpty());
            assertThat(context.getBean(EventStreams.class).count()).isLessThanOrEqualTo(OTHERS);
            assertThat(stalled.isConnected()).isTrue(); // for all it knows
        }
    }

    private static long usedMemory() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** What it reads from now on, in short: of each line the beginning. */
    private static String readUntil(InputStream stream, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        StringBuilder line = new StringBuilder();
        InputStream in = new BufferedInputStream(stream);
        for (int b = in.read(); b >= 0 && text.indexOf(end, Math.max(0, text.length() - 40)) < 0; b = in.read()) {
            if (b == '\n') {
                text.append(line, 0, Math.min(40, line.length())).append('\n');
                line.setLength(0);
            } else {
                line.append((char) b);
            }
        }
        return text.toString();
    }
}
