package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Position;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program with a data directory is killed again and again while publishers run and listeners listen.
 *
 * <p>Every acknowledged event is received by every listener of its channel, once, in one order; an id names one event; a publisher
 * that retries with its key publishes once. {@code -Dmillrace.crashes=200} kills more often.
 */
class CrashIT {
    private static final int CRASHES = Integer.getInteger("millrace.crashes", 20);
    private static final int PUBLISHERS = 4;
    private static final List<String> LISTENED = List.of("c0", "c1", "c0,c1,c2", "c*");

    @TempDir
    private Path folder;

    private final Map<String, String> acknowledged = new ConcurrentHashMap<>(); // data to id
    private final Map<String, String> named = new ConcurrentHashMap<>(); // id to data, of all listeners
    private volatile int port;
    private volatile boolean isPublishing = true;
    private volatile boolean isOver;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void losesNothingThatItAcknowledged() throws Exception {
        Random random = new Random(5);
        List<Publisher> publishers = new ArrayList<>();
        List<Listener> listeners = new ArrayList<>();
        ServerProcess hub = start();
        try {
            for (int i = 0; i < PUBLISHERS; i++) {
                publishers.add(new Publisher(i));
            }
            LISTENED.forEach(channels -> listeners.add(new Listener(channels)));
            publishers.forEach(Thread::start);
            listeners.forEach(Thread::start);
            for (int crash = 0; crash < CRASHES; crash++) {
                int before = acknowledged.size();
                Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() > before + 20);
                killAfter(hub, random.nextInt(300));
                hub = start();
            }
            isPublishing = false;
            for (Publisher publisher : publishers) {
                publisher.join();
            }
            for (Listener listener : listeners) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(
                                () -> assertThat(listener.received.values()).containsAll(due(listener)));
            }
            isOver = true;
        } finally {
            isPublishing = false;
            isOver = true;
            hub.close();
        }
        for (Listener listener : listeners) {
            listener.join();
            listener.check();
        }
        System.out.printf("CrashIT: %d crashes, %d events%n", CRASHES, acknowledged.size());
    }

    private ServerProcess start() throws IOException {
        ServerProcess started = ServerProcess.start(
                folder, "--port", "0", "--data-dir", "data", "--history-size", "1000000", "--retry", "10ms");
        port = started.port();
        return started;
    }

    /** After a broken connection: waits for the next start, but not for long, for that may not be the reason. */
    private void awaitStart(int brokenPort) {
        for (int i = 0; i < 20 && port == brokenPort && !isOver; i++) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    /** Lets more be published, so that the kill comes at any time, and sends SIGKILL. */
    private void killAfter(ServerProcess hub, int publishes) throws InterruptedException {
        int before = acknowledged.size();
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(30))
                .until(() -> acknowledged.size() >= before + publishes);
        hub.close();
        hub.status();
    }

    private List<String> due(Listener listener) {
        return acknowledged.keySet().stream().filter(listener::isDue).toList();
    }

    /** Publishes one event after another; tries each, with the same key, until it is acknowledged. */
    private final class Publisher extends Thread {
        private final int number;
        private @Nullable RawConnection connection;

        Publisher(int number) {
            super("publisher-" + number);
            this.number = number;
        }

        @Override
        public void run() {
            for (int n = 0; isPublishing; n++) {
                String data = "c" + n % 3 + " " + number + " " + n;
                acknowledged.put(data, publish(data));
            }
        }

        private String publish(String data) {
            while (true) {
                int tried = port;
                try {
                    RawConnection open = connection == null ? RawConnection.to(tried, 0) : connection;
                    connection = open;
                    open.sendHead(
                                    "POST",
                                    "/events/" + data.substring(0, 2),
                                    "Idempotency-Key: " + data.replace(' ', '-'),
                                    "Content-Length: " + data.length())
                            .send(data);
                    RawConnection.Answer answer = open.answer();
                    if (answer.status() == 200) {
                        return TestHub.json(answer.body()).get("id").asString();
                    }
                } catch (IOException e) {
                    connection = null;
                    awaitStart(tried);
                }
            }
        }
    }

    /** One client's chain of streams: each resumes from the last id of the one before. */
    private final class Listener extends Thread {
        private final String channels;
        private final Map<String, String> received = new ConcurrentHashMap<>(); // id to data
        private final List<Position> order = new ArrayList<>();
        private final List<String> wrong = new ArrayList<>();
        private String lastId = "";

        Listener(String channels) {
            super("listener-" + channels);
            this.channels = channels;
        }

        boolean isDue(String data) {
            return channels.equals("c*") || channels.contains(data.substring(0, 2));
        }

        @Override
        public void run() {
            lastId = "earliest";
            while (!isOver) {
                int tried = port;
                try (RawConnection connection = RawConnection.to(tried, 0);
                        TestStream stream = TestStream.open(
                                connection, "/events?channels=" + channels, Map.of("Last-Event-ID", lastId))) {
                    connection.socket().setSoTimeout(500);
                    while (!isOver) {
                        take(stream.nextEvent());
                    }
                } catch (IOException e) {
                    awaitStart(tried); // it was killed, or is silent: resumes
                }
            }
        }

        private void take(TestStream.Block block) {
            if (block.event().equals("gap")) {
                wrong.add("a gap: " + block.data());
            } else if (block.event().isEmpty()) {
                if (received.put(block.id(), block.data()) != null) {
                    wrong.add("twice: " + block.id());
                }
                String first = named.putIfAbsent(block.id(), block.data());
                if (first != null && !first.equals(block.data())) {
                    wrong.add(block.id() + " names " + first + " and " + block.data());
                }
                order.add(Position.parse(block.id()).orElseThrow());
            }
            if (block.has("id")) {
                lastId = block.id();
            }
        }

        void check() {
            assertThat(wrong).as(channels).isEmpty();
            assertThat(order).as(channels).isSorted().doesNotHaveDuplicates();
            assertThat(received.values()).as(channels).doesNotHaveDuplicates();
            Map<String, String> ids = new HashMap<>();
            received.forEach((id, data) -> ids.put(data, id));
            for (String data : due(this)) {
                assertThat(ids.get(data)).as("the id of " + data).isEqualTo(acknowledged.get(data));
            }
            assertThat(ids.keySet()).as(channels).allMatch(this::isDue).allMatch(acknowledged::containsKey);
        }
    }
}
