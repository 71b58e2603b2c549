package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Hub;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/** The application stops with streams open. */
class ShutdownIT {
    /** So long would the web server wait for a request that does not end. */
    private static final String LONG_PHASE = "spring.lifecycle.timeout-per-shutdown-phase=4m";

    @EnableAutoConfiguration
    static class App {}

    @Test
    void endsStreamsAndDoesNotHang() throws Exception {
        ConfigurableApplicationContext context = TestApp.run(App.class, LONG_PHASE);
        int port = TestApp.port(context);
        try (TestStream one = TestStream.open(port, "/millrace/events/a");
                TestStream two = TestStream.open(port, "/millrace/events/b")) {
            one.next("connected");
            two.next("connected");
            long start = System.nanoTime();
            context.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(2));
            assertThat(one.next("closing").data()).isEqualTo("{\"reason\":\"draining\"}");
            two.next("closing");
            one.awaitEnd();
            two.awaitEnd();
        }
    }

    /** The container alone would wait for its request until the end of the phase. */
    @Test
    void aStreamThatReadsNothingDoesNotHoldItUp() throws Exception {
        ConfigurableApplicationContext context =
                TestApp.run(App.class, "millrace.drain=1s", "millrace.write-timeout=1h", LONG_PHASE);
        Hub hub = context.getBean(Hub.class);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), TestApp.port(context))) {
            socket.getOutputStream()
                    .write("GET /millrace/events/a HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String large = "x".repeat(100_000);
            for (int i = 0; i < 400 || hub.statistics().lagging() == 0; i++) { // more than the sockets hold
                hub.publish("a", large);
            }
            long start = System.nanoTime();
            context.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(2));
        }
    }
}
