package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A primary dies, and Sentinel makes its replica the new one. */
class SentinelIT {
    private RedisServer primary;
    private RedisServer replica;
    private Path folder;
    private Process sentinel;
    private int sentinelPort;

    @BeforeEach
    void start() throws IOException {
        primary = RedisServer.start("--repl-diskless-sync-delay", "0");
        replica = RedisServer.start("--replicaof", "127.0.0.1 " + primary.port());
        Waiting.until(() -> {
            String replication = replica.ask(redis -> redis.info("replication"));
            return replication.contains("master_link_status:up");
        });
        folder = Files.createTempDirectory("millrace-sentinel");
        sentinelPort = RedisServer.freePort();
        Path config = folder.resolve("sentinel.conf");
        Files.writeString(config, """
                port %d
                bind 127.0.0.1
                dir %s
                sentinel monitor hub 127.0.0.1 %d 1
                sentinel down-after-milliseconds hub 500
                sentinel failover-timeout hub 5000
                """.formatted(sentinelPort, folder, primary.port()));
        sentinel = RedisServer.startSentinel(config, folder.resolve("log"));
        Waiting.until(() -> Files.readString(folder.resolve("log")).contains("+slave"));
    }

    @AfterEach
    void stop() throws IOException, InterruptedException {
        if (sentinel != null) {
            sentinel.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            replica.close();
            primary.close();
            try (var files = Files.walk(folder)) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
    }

    @Test
    void goesOnAtTheNewPrimary() {
        String url = "redis-sentinel://127.0.0.1:" + sentinelPort + "/0#hub";
        try (TestNode a = new TestNode(url);
                TestNode b = new TestNode(url)) {
            Client client = new Client("c*").connect(b);
            try (Publishers publishers = new Publishers(List.of(a, b), 2, 2)) {
                publishers.awaitMore(500);
                Position before = a.hub().log().last();
                primary.kill();
                Waiting.until(Duration.ofSeconds(30), () -> !client.gaps().isEmpty());
                publishers.awaitMore(200);
                publishers.stop();

                assertThat(publishers.failed()).as("while there was no primary").isPositive();
                assertThat(publishers.longestMillis()).isLessThan(2000);
                assertThat(publishers.twice()).as("ids that name two events").isEmpty();
                assertThat(a.hub().log().last()).isGreaterThan(before);
                // nobody listens on a: a mark tells it of what came on b
                Waiting.until(() -> a.hub().log().last().equals(b.hub().log().last()));
                Position last = a.hub().log().last();
                Waiting.until(() -> client.lastId().equals(last.toString()));
                client.requireWhole(publishers.acknowledged());
            }
        }
    }
}
