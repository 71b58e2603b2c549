package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.redis.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hubs as processes on one Redis: one dies, one is frozen, Redis goes and comes. */
class NodesIT {
    private static final Duration GHOSTS = Duration.ofSeconds(35);
    private static final Duration BACK = Duration.ofSeconds(5);

    @TempDir
    private Path folder;

    private RedisServer redis;
    private ServerProcess a;
    private ServerProcess b;
    private int portA;
    private int portB;

    @BeforeEach
    void start() throws IOException {
        redis = RedisServer.start();
        a = hub();
        b = hub();
        portA = a.port();
        portB = b.port();
    }

    private ServerProcess hub(String... more) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("--port", "0", "--redis-url", redis.url(), "--heartbeat", "1s"));
        arguments.addAll(List.of(more));
        return ServerProcess.start(folder, arguments.toArray(String[]::new));
    }

    @AfterEach
    void stop() {
        if (a != null) {
            a.close();
            b.close();
        }
        redis.close();
    }

    @Test
    void areOneHub() throws Exception {
        try (TestStream there = open(portB, "/events/orders/42", Map.of())) {
            assertThat(there.nextEvent().event()).isEqualTo("connected");
            assertThat(publish(portA, "orders/42", "1").status()).isEqualTo(200);
            TestStream.Block first = there.nextEvent();
            assertThat(first.data()).isEqualTo("1");
            assertThat(get(portA, "/channels/orders/42/subscribers").body()).contains("connectedAt");
            await().until(() ->
                    get(portA, "/stats").body().contains("\"cluster\":{\"nodes\":2,\"totalConnections\":1"));

            publish(portB, "orders/42", "2");
            Map<String, String> last = Map.of("Last-Event-ID", first.id());
            try (TestStream here = open(portA, "/events/orders/42", last)) {
                assertThat(here.nextEvent().data()).contains("\"resumed\":true");
                assertThat(here.nextEvent().data()).isEqualTo("2");
            }
        }
    }

    @Test
    void listTheStreamsOfAllNodesAndSayWhichNodeHasOne() throws Exception {
        String id = "the-client-of-this-test";
        try (TestStream there = open(portB, "/events/c?clientId=" + id, Map.of());
                TestStream here = open(portA, "/events/c", Map.of())) {
            there.nextEvent();
            here.nextEvent();
            publish(portA, "c", "1");
            TestStream.Block event = there.nextEvent();
            var clients = TestHub.json(get(portA, "/clients").body()).get("clients");
            assertThat(clients).hasSize(2).allMatch(client -> client.has("lag") && client.has("bytes"));
            assertThat(clients.valueStream().map(client -> client.get("node").asString()))
                    .doesNotHaveDuplicates()
                    .anyMatch(name -> name.endsWith("/" + b.pid()));
            assertThat(TestHub.json(get(portA, "/clients?limit=1").body()).get("clients"))
                    .hasSize(1);

            String address = "/clients/" + id + "/explain?event=" + event.id();
            var misdirected = get(portA, address);
            assertThat(misdirected.status()).isEqualTo(421);
            assertThat(misdirected.body()).contains("/" + b.pid() + ": ask that node");
            assertThat(get(portB, address).body()).contains("\"outcome\":\"written\"");
            assertThat(get(portA, "/clients/nobody-has-this-id-1/explain?event=x-1")
                            .status())
                    .isEqualTo(404);
        }
    }

    @Test
    void goesOnWithoutTheOtherAndWithIt() throws Exception {
        try (TestStream there = open(portB, "/events/c", Map.of())) {
            there.nextEvent();
            await().until(() -> get(portA, "/stats").body().contains("\"nodes\":2,\"totalConnections\":1"));
            RedisServer.signal(b.pid(), "STOP");
            for (int i = 0; i < 50; i++) {
                assertThat(publish(portA, "c", "" + i).status()).isEqualTo(200);
            }
            assertThat(get(portA, "/channels/c/subscribers").body()).isEqualTo("{\"subscribers\":[]}");
            await().atMost(GHOSTS).until(() -> get(portA, "/stats").body().contains("\"nodes\":1,"));

            RedisServer.signal(b.pid(), "CONT");
            for (int i = 0; i < 50; i++) {
                assertThat(there.nextEvent().data()).isEqualTo("" + i);
            }
            await().atMost(BACK).until(() -> publish(portB, "c", "50").status() == 200);
            assertThat(there.nextEvent().data()).isEqualTo("50");
        }
    }

    @Test
    void forgetsOneThatWasKilled() throws Exception {
        try (TestStream there = open(portB, "/events/c", Map.of())) {
            there.nextEvent();
            await().until(() -> get(portA, "/stats").body().contains("\"nodes\":2,\"totalConnections\":1"));
            RedisServer.signal(b.pid(), "KILL");
            await().atMost(BACK)
                    .until(() -> get(portA, "/channels/c/subscribers").body().equals("{\"subscribers\":[]}"));
        }
    }

    @Test
    void keepsItsStreamsWhileRedisIsAway() throws Exception {
        try (TestStream stream = open(portA, "/events/c", Map.of())) {
            stream.nextEvent();
            redis.kill();
            long begun = System.nanoTime();
            assertThat(publish(portA, "c", "x").status()).isEqualTo(503);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
            await().atMost(BACK).until(() -> get(portA, "/readyz").status() == 503);
            assertThat(get(portA, "/healthz").status()).isEqualTo(200);
            assertThat(stream.next().lines()).as("a heartbeat").allMatch(line -> line.startsWith(":"));

            redis.launch();
            await().atMost(BACK).until(() -> publish(portA, "c", "back").status() == 200);
            await().atMost(BACK).until(() -> get(portA, "/readyz").status() == 200);
            TestStream.Block gap = stream.nextEvent();
            assertThat(gap.event()).as("it came back with nothing").isEqualTo("gap");
            await().until(() -> stream.nextEvent().data().equals("back"));
        }
    }

    @Test
    void startsOnlyWhereRedisIsUnlessToldToWait() throws Exception {
        redis.kill();
        try (ServerProcess hasty = hub();
                ServerProcess patient = hub("--redis-wait", "60s")) {
            assertThat(hasty.status()).isEqualTo(1);
            redis.launch();
            assertThat(publish(patient.port(), "c", "1").status()).isEqualTo(200);
        }
        try (ServerProcess misled = hub("--redis-prefix", "a}b")) {
            assertThat(misled.status()).isEqualTo(2);
        }
    }

    private static TestStream open(int port, String address, Map<String, String> headers) throws IOException {
        return TestStream.open(RawConnection.to(port, 0), address, headers);
    }

    private static RawConnection.Answer publish(int port, String channel, String data) throws IOException {
        try (RawConnection connection = RawConnection.to(port, 0)) {
            return connection
                    .sendHead("POST", "/events/" + channel, "Content-Length: " + data.length())
                    .send(data)
                    .answer();
        }
    }

    private static RawConnection.Answer get(int port, String address) throws IOException {
        try (RawConnection connection = RawConnection.to(port, 0)) {
            return connection.sendHead("GET", address).answer();
        }
    }
}
