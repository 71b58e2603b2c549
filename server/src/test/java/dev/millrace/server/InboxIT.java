package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The inbox of a user, on a hub with a data directory, over HTTP and without any last id. */
@SuppressWarnings("try") // the program runs while its block does
class InboxIT {
    private static final String INBOX = "/events/user:ann";
    private static final int CRASHES = 6;

    @TempDir
    private Path folder;

    @Test
    void missesNothingThoughTheHubIsKilled() throws Exception {
        Random random = new Random(11);
        List<String> published = new ArrayList<>();
        List<String> received = new ArrayList<>();
        try (ServerProcess hub = start();
                TestStream stream = open(hub.port())) {
            assertThat(stream.nextEvent().event()).isEqualTo("connected");
            hub.close(); // killed at once, and remembers that ann was there
            hub.status();
        }
        for (int crash = 0; crash < CRASHES; crash++) {
            try (ServerProcess hub = start()) {
                int port = hub.port();
                publish(port, 10 + random.nextInt(20), published); // while the user is away
                try (TestStream stream = open(port)) {
                    assertThat(stream.nextEvent().event()).isEqualTo("connected");
                    publish(port, 10 + random.nextInt(20), published); // and while the user is there
                    received.addAll(stream.data(random.nextInt(10)));
                    hub.close();
                    hub.status();
                    received.addAll(rest(stream)); // what had left the hub before
                }
            }
        }
        try (ServerProcess hub = start();
                TestStream stream = open(hub.port())) {
            assertThat(stream.nextEvent().event()).isEqualTo("connected");
            stream.connection().socket().setSoTimeout(1000);
            received.addAll(rest(stream));
        }
        assertThat(received).containsAll(published);
        assertThat(published).containsAll(received);
    }

    @Test
    void givesNothingTwiceBecauseOfTwoTabs() throws Exception {
        List<String> published = new ArrayList<>();
        try (ServerProcess hub = start()) {
            int port = hub.port();
            try (TestStream watching = open(port)) {
                assertThat(watching.nextEvent().event()).isEqualTo("connected"); // ann is known from here on
            }
            awaitNobody(port);
            publish(port, 3, published);
            try (TestStream first = open(port)) {
                assertThat(first.nextEvent().event()).isEqualTo("connected");
                assertThat(first.data(3)).isEqualTo(published);
                try (TestStream second = open(port)) {
                    assertThat(second.nextEvent().event()).isEqualTo("connected");
                    publish(port, 2, published);
                    assertThat(second.data(2)).as("nothing that the other has").isEqualTo(published.subList(3, 5));
                    assertThat(first.data(2)).isEqualTo(published.subList(3, 5));
                }
            }
            awaitNobody(port);
            publish(port, 2, published);
            try (TestStream next = open(port)) {
                assertThat(next.nextEvent().event()).isEqualTo("connected");
                assertThat(next.data(2)).as("nothing that one of them had").isEqualTo(published.subList(5, 7));
                publish(port, 1, published);
                assertThat(next.data(1)).isEqualTo(published.subList(7, 8));
            }
        }
    }

    @Test
    void knowsAfterAProperEndExactlyHowFarItWas() throws Exception {
        List<String> published = new ArrayList<>();
        try (ServerProcess hub = start()) {
            int port = hub.port();
            try (TestStream stream = open(port)) {
                assertThat(stream.nextEvent().event()).isEqualTo("connected");
                publish(port, 5, published);
                assertThat(stream.data(5)).isEqualTo(published);
            }
            awaitNobody(port);
            publish(port, 5, published);
            hub.terminate();
            assertThat(hub.status()).isZero();
        }
        try (ServerProcess hub = start();
                TestStream stream = open(hub.port())) {
            assertThat(stream.nextEvent().event()).isEqualTo("connected");
            assertThat(stream.data(5)).isEqualTo(published.subList(5, 10));
        }
    }

    private ServerProcess start() throws IOException {
        return ServerProcess.start(folder, "--port", "0", "--data-dir", "data");
    }

    private static TestStream open(int port) throws IOException {
        return TestStream.open(RawConnection.to(port, 0), INBOX, Map.of());
    }

    private static void publish(int port, int count, List<String> to) throws IOException {
        try (RawConnection connection = RawConnection.to(port, 0)) {
            for (String data : IntStream.range(to.size(), to.size() + count)
                    .mapToObj(i -> "event " + i)
                    .toList()) {
                assertThat(connection
                                .sendHead("POST", INBOX, "Content-Length: " + data.length())
                                .send(data)
                                .answer()
                                .status())
                        .isEqualTo(200);
                to.add(data);
            }
        }
    }

    /** What the stream still has, until it is cut off or silent. */
    private static List<String> rest(TestStream stream) throws IOException {
        List<String> data = new ArrayList<>();
        try {
            while (true) {
                data.add(stream.nextEvent().data());
            }
        } catch (EOFException | SocketException | SocketTimeoutException e) {
            return data;
        }
    }

    /** An event that is written to a connection before its end was noticed counts as written. */
    private static void awaitNobody(int port) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            try (RawConnection connection = RawConnection.to(port, 0)) {
                String stats = connection.sendHead("GET", "/stats").answer().body();
                return TestHub.json(stats).get("totalConnections").asInt() == 0;
            }
        });
    }
}
