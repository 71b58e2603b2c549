package dev.millrace.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two hubs on one Redis, replaced one after the other behind a real proxy, while a publisher and a thousand listeners go on. */
class RollingIT {
    private static final int LISTENERS = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final ExecutorService thread = Executors.newSingleThreadExecutor();

    @TempDir
    Path folder;

    @AfterEach
    void endThePublisher() {
        thread.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource(names = {"NGINX", "HAPROXY"})
    void losesAndDoublesNothing(Proxy proxy) throws Exception {
        int[] ports = {Proxy.freePort(), Proxy.freePort()};
        try (Redis redis = Redis.start();
                HubProcess first = hub(ports[0], redis);
                HubProcess second = hub(ports[1], redis);
                Proxy.Running running = proxy.start(folder, first.uri(), second.uri())) {
            await().ignoreExceptions()
                    .until(() -> Requests.get(running.uri(), "/readyz").statusCode() == 200);
            try (Swarm swarm = new Swarm(LISTENERS, running.uri().resolve("/events/roll"))) {
                await().atMost(PATIENCE)
                        .until(() -> swarm.listeners().stream().allMatch(listener -> listener.welcomes() > 0));
                AtomicBoolean isOver = new AtomicBoolean();
                Future<Integer> publisher = thread.submit(() -> publish(running.uri(), isOver));

                assertThat(first.stop()).isZero();
                try (HubProcess newFirst = hub(ports[0], redis)) {
                    assertThat(newFirst.uri()).isEqualTo(first.uri());
                    assertThat(second.stop()).isZero();
                    try (HubProcess newSecond = hub(ports[1], redis)) {
                        assertThat(newSecond.uri()).isEqualTo(second.uri());
                        isOver.set(true);
                        List<String> published = new ArrayList<>(
                                IntStream.range(0, publisher.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                                        .mapToObj(i -> "event " + i)
                                        .toList());
                        awaitAll(swarm, published);
                        published.add("the last"); // what was on its way twice would stand before it
                        Requests.publish(running.uri(), "/events/roll", "the last");
                        awaitAll(swarm, published);
                        assertThat(swarm.listeners())
                                .as("each had been on a hub that went away")
                                .allMatch(listener -> listener.welcomes() > 1);
                    }
                }
            }
        }
    }

    /** Each listener has received exactly this, in this order, and no gap. */
    private static void awaitAll(Swarm swarm, List<String> published) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(swarm.listeners())
                        .hasSize(LISTENERS)
                        .allSatisfy(listener -> assertThat(listener.received()).isEqualTo(published)));
    }

    /** Publishes numbered events through the proxy until told to stop; returns how many. What is not acknowledged is tried again. */
    private static int publish(URI hub, AtomicBoolean isOver) {
        int count = 0;
        while (!isOver.get()) {
            String event = "event " + count++;
            await().pollDelay(Duration.ofMillis(20))
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> Requests.publish(hub, "/events/roll", event, "Idempotency-Key", event)
                                    .statusCode()
                            == 200);
        }
        return count;
    }

    private static HubProcess hub(int port, Redis redis) throws Exception {
        return HubProcess.start(port, "--redis-url", redis.url(), "--history-size", "100000", "--retry", "200ms");
    }

    /** A Redis of the test's own; the test is skipped where it is not installed. */
    private record Redis(Program program, int port) implements AutoCloseable {
        static Redis start() throws Exception {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/redis-server")), "redis-server");
            int port = Proxy.freePort();
            Program program = Program.start(List.of(
                    "/usr/bin/redis-server", "--port", String.valueOf(port), "--bind", "127.0.0.1", "--save", ""));
            program.output().await("Ready to accept connections");
            return new Redis(program, port);
        }

        String url() {
            return "redis://127.0.0.1:" + port;
        }

        @Override
        public void close() {
            program.close();
        }
    }
}
