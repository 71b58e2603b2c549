package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Redis goes away, and comes back with everything, with less, or with nothing. */
class LostRedisIT {
    private static final Duration BACK = Duration.ofSeconds(5);

    private RedisServer server = RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
    private TestNode a = new TestNode(server.url());
    private TestNode b = new TestNode(server.url());

    private void startWith(String... options) {
        stop();
        server = RedisServer.start(options);
        a = new TestNode(server.url());
        b = new TestNode(server.url());
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
        server.close();
    }

    @Test
    void answersWithinTwoSecondsWhileRedisIsAway() {
        server.kill();
        for (int i = 0; i < 3; i++) {
            long begun = System.nanoTime();
            assertThatThrownBy(() -> a.publish("c", "1")).isInstanceOf(LogUnavailableException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        }
        assertThat(a.node().trouble()).isPresent();
        server.launch();
        Waiting.until(BACK, () -> a.node().trouble().isEmpty());
        a.publish("c", "2");
    }

    @Test
    void waitsForARedisThatIsStillLoading() {
        startWith("--dbfilename", "dump.rdb");
        Client client = new Client("c*").connect(b);
        for (int i = 0; i < 300; i++) {
            a.publish("c" + i, "0");
        }
        server.ask(redis -> redis.save());
        server.kill();
        server.launch("--key-load-delay", "5000", "--loading-process-events-interval-bytes", "1024"); // 5 ms a key
        assertThatThrownBy(() -> a.publish("c0", "1")).isInstanceOf(LogUnavailableException.class);
        Waiting.until(
                () -> a.node().trouble().filter(why -> why.contains("LOADING")).isPresent());
        Waiting.until(() -> a.node().trouble().isEmpty() && b.node().trouble().isEmpty());
        a.publish("c0", "1");
        Waiting.until(() -> client.has("1"));
        assertThat(client.data()).as("once each").hasSize(301);
        assertThat(client.gaps()).as("everything came back").isEmpty();
    }

    @Test
    void losesNothingWhereRedisComesBackWithEverything() {
        Client client = new Client("c*").connect(b);
        try (Publishers publishers = new Publishers(List.of(a, b), 2, 1)) {
            for (int round = 0; round < 3; round++) {
                publishers.awaitMore(100);
                server.kill();
                server.launch();
            }
            publishers.awaitMore(100);
            publishers.stop();
            Waiting.until(() -> client.data().size() >= publishers.count());
            client.requireWhole(publishers.acknowledged());
            assertThat(publishers.twice()).isEmpty();
            assertThat(client.gaps()).as("nothing was lost").isEmpty();
        }
    }

    @Test
    void announcesAGapWhereRedisComesBackWithNothing() {
        startWith();
        Client client = new Client("c*").connect(b);
        try (Publishers publishers = new Publishers(List.of(a, b), 1, 1)) {
            publishers.awaitMore(100);
            server.kill();
            server.launch();
            publishers.awaitMore(100);
            publishers.stop();
            Waiting.until(() -> !client.gaps().isEmpty());
            awaitLast(client, publishers);
            client.requireWhole(publishers.acknowledged());
            assertThat(publishers.twice()).isEmpty();
        }
    }

    @Test
    void announcesAGapWhenEverythingIsFlushed() {
        Client client = new Client("c*").connect(b);
        try (Publishers publishers = new Publishers(List.of(a, b), 1, 1)) {
            publishers.awaitMore(100);
            server.ask(redis -> redis.flushall());
            publishers.awaitMore(100);
            publishers.stop();
            awaitLast(client, publishers);
            client.requireWhole(publishers.acknowledged());
            assertThat(publishers.twice()).isEmpty();
        }
    }

    @Test
    void noticesWithoutAPublishThatEverythingWasFlushed() {
        Client client = new Client("c").connect(b);
        a.publish("c", "1");
        Waiting.until(() -> client.has("1"));
        server.ask(redis -> redis.flushall());
        Waiting.until(BACK, () -> !client.gaps().isEmpty());
    }

    @Test
    void announcesAGapForWhatARestoredFileLacks() throws IOException {
        startWith("--dbfilename", "dump.rdb");
        Client client = new Client("c*").connect(b);
        Client late = new Client("c0").connect(a);
        for (int i = 0; i < 10; i++) {
            a.publish("c0", "" + i);
        }
        Waiting.until(() -> late.has("9"));
        late.disconnect(a);
        server.ask(redis -> redis.save());
        Files.copy(server.folder().resolve("dump.rdb"), server.folder().resolve("old.rdb"));
        Position lost = a.publish("c0", "10");
        a.publish("c0", "11");
        Waiting.until(() -> client.has("11"));
        server.kill();
        Files.move(
                server.folder().resolve("old.rdb"),
                server.folder().resolve("dump.rdb"),
                StandardCopyOption.REPLACE_EXISTING);
        server.launch();
        Waiting.until(BACK, () -> a.node().trouble().isEmpty());
        Position next = a.publish("c0", "12");

        assertThat(next).isGreaterThan(lost).extracting(Position::epoch).isNotEqualTo(lost.epoch());
        Waiting.until(() -> client.has("12"));
        client.requireWhole(Map.of("c0", Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)));
        late.connect(b);
        Waiting.until(() -> late.has("12"));
        late.requireWhole(Map.of("c0", Set.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)));
        assertThat(late.data()).as("what it had is not sent again").doesNotHaveDuplicates();
    }

    @Test
    void announcesAGapForAChannelWhoseKeyIsGone() {
        Client offline = new Client("c0", "c1").connect(a);
        a.publish("c0", "0");
        a.publish("c1", "0");
        Waiting.until(() -> offline.data().size() == 2);
        offline.disconnect(a);
        a.publish("c0", "1");
        a.publish("c1", "1");
        server.ask(redis -> redis.del("{millrace}:c:c0")); // as an eviction does
        try (TestNode fresh = new TestNode(server.url())) { // which has to ask Redis
            offline.connect(fresh);
            Waiting.until(() -> offline.data().size() == 3);
            offline.requireWhole(Map.of("c0", Set.of(0, 1), "c1", Set.of(0, 1)));
            assertThat(offline.gaps()).hasSize(1);
        }
    }

    @Test
    void announcesWhatARedisWithTooLittleMemoryEvicts() {
        startWith("--maxmemory-policy", "allkeys-lru");
        long used = usedMemory();
        Client client = new Client("c*").connect(b);
        Client offline = new Client("c0", "c1", "c2", "c3").connect(a);
        try (Publishers publishers = new Publishers(List.of(a, b), 20, 0)) {
            publishers.awaitMore(500);
            offline.disconnect(a);
            server.ask(redis -> redis.configSet("maxmemory", String.valueOf(used + 300_000)));
            publishers.awaitMore(4000);
            publishers.stop();
            long evicted = evictedKeys();
            assertThat(evicted).as("keys that were evicted").isPositive();
            server.ask(redis -> redis.configSet("maxmemory", "0"));
            Waiting.until(BACK, () -> a.node().trouble().isEmpty());
            for (int i = 0; i < 40; i++) {
                a.publish("c" + i, "1000000"); // so that it is known what was before
            }
            Waiting.until(() -> client.data().stream().filter("1000000"::equals).count() == 40);
            client.requireWhole(publishers.acknowledged());
            try (TestNode fresh = new TestNode(server.url())) { // which has to ask Redis
                offline.connect(fresh);
                Waiting.until(
                        () -> offline.data().stream().filter("1000000"::equals).count() == 4);
                Map<String, Set<Integer>> own = new java.util.TreeMap<>(publishers.acknowledged());
                own.keySet().retainAll(Set.of("c0", "c1", "c2", "c3"));
                offline.requireWhole(own);
            }
            assertThat(publishers.twice()).as("ids that name two events").isEmpty();
        }
    }

    private long usedMemory() {
        return info("memory", "used_memory");
    }

    private long evictedKeys() {
        return info("stats", "evicted_keys");
    }

    private long info(String section, String name) {
        String all = server.ask(redis -> redis.info(section));
        return all.lines()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(
                        line -> Long.parseLong(line.substring(name.length() + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void beginsAnewWhereTheRegistryIsGone() {
        for (String key : List.of("channels", "names", "firsts", "log")) {
            Client client = new Client("c0").connect(b);
            a.publish("c0", "1");
            Waiting.until(() -> client.has("1"));
            server.ask(redis -> redis.del("{millrace}:" + key));
            a.publish("c0", "2");
            Waiting.until(() -> client.has("2"));
            assertThat(client.gaps()).as("without " + key).isNotEmpty();
            client.disconnect(b);
        }
    }

    private static void awaitLast(Client client, Publishers publishers) {
        Waiting.until(() -> publishers.acknowledged().entrySet().stream()
                .allMatch(entry -> client.events().stream()
                        .anyMatch(event -> event.channel().value().equals(entry.getKey())
                                && Integer.parseInt(event.data())
                                        >= entry.getValue().stream()
                                                .max(Integer::compare)
                                                .orElse(0))));
    }
}
