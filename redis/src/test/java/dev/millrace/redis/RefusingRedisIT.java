package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Retention;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Redis that is there, and does not do what it is asked. */
class RefusingRedisIT {
    /** What docs/scale.md says. */
    private static final String RIGHTS = "~{millrace}:* &{millrace}:* -@all +@connection +@pubsub +@scripting +info"
            + " +xadd +xdel +xlen +xrange +xrevrange +zadd +zcard +zrange +zrangebylex +zrem +zscore +hset +hget +hmget"
            + " +hgetall +hdel +hincrby +get +set +del +unlink +exists +pexpire +time";

    private static final Duration BACK = Duration.ofSeconds(5);

    private final RedisServer server = RedisServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void saysThatMemoryIsFullAndGoesOnDelivering() {
        try (TestNode node = new TestNode(server.url())) {
            Client client = new Client("c").connect(node);
            node.publish("c", "1");
            server.ask(redis -> redis.configSet("maxmemory", "1"));
            assertThatThrownBy(() -> node.publish("c", "x"))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("maxmemory")
                    .hasMessageContaining("nothing was published");
            assertThatThrownBy(() -> node.publish("new", "x")).isInstanceOf(LogUnavailableException.class);
            Waiting.until(BACK, () -> node.node().trouble().isPresent());
            Client reader = new Client(Subscription.to(ChannelSet.of("c")).after("0-0")).connect(node);
            Waiting.until(() -> reader.has("1"));

            server.ask(redis -> redis.configSet("maxmemory", "0"));
            Waiting.until(BACK, () -> node.node().trouble().isEmpty());
            node.publish("c", "2");
            Waiting.until(() -> client.has("2"));
            assertThat(client.data()).containsExactly("1", "2");
        }
    }

    @Test
    void saysThatRedisCanNotSaveToItsDisk() throws IOException {
        Path folder = Files.createTempDirectory("millrace-gone");
        try (RedisServer saving = RedisServer.start("--dir", folder.toString(), "--save", "3600 1");
                TestNode node = new TestNode(saving.url())) {
            Client client = new Client("c").connect(node);
            node.publish("c", "1");
            Files.delete(folder); // so that it finds no place for its file
            saving.ask(redis -> redis.bgsave());
            Waiting.until(() -> {
                String state = saving.ask(redis -> redis.info("persistence"));
                return state.contains("rdb_last_bgsave_status:err");
            });
            assertThatThrownBy(() -> node.publish("c", "x"))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("MISCONF")
                    .hasMessageContaining("nothing was published");
            Waiting.until(BACK, () -> node.node().trouble().isPresent());
            Client reader = new Client(Subscription.to(ChannelSet.of("c")).after("0-0")).connect(node);
            Waiting.until(() -> reader.has("1"));

            saving.ask(redis -> redis.configSet("stop-writes-on-bgsave-error", "no"));
            Waiting.until(BACK, () -> node.node().trouble().isEmpty());
            node.publish("c", "2");
            Waiting.until(() -> client.has("2"));
            assertThat(client.data()).containsExactly("1", "2");
            assertThat(client.gaps()).isEmpty();
        }
    }

    @Test
    void saysThatTooFewReplicasFollow() {
        try (TestNode node = new TestNode(server.url())) {
            node.publish("c", "1");
            server.ask(redis -> redis.configSet("min-replicas-to-write", "1"));
            assertThatThrownBy(() -> node.publish("c", "x"))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("NOREPLICAS");
            server.ask(redis -> redis.configSet("min-replicas-to-write", "0"));
            Waiting.until(BACK, () -> node.node().trouble().isEmpty());
            node.publish("c", "2");
        }
    }

    @Test
    void waitsForAPrimaryThatBecameAReplica() {
        try (RedisServer other = RedisServer.start("--repl-diskless-sync-delay", "0");
                TestNode node = new TestNode(server.url())) {
            Client client = new Client("c").connect(node);
            node.publish("c", "1");
            server.ask(redis -> redis.replicaof("127.0.0.1", other.port()));
            assertThatThrownBy(() -> node.publish("c", "x")).isInstanceOf(LogUnavailableException.class);
            Waiting.until(() -> node.node()
                    .trouble()
                    .filter(why -> why.contains("replica") || why.contains("LOADING"))
                    .isPresent());

            Waiting.until(() -> {
                String replication = server.ask(redis -> redis.info("replication"));
                return replication.contains("master_link_status:up");
            });
            server.ask(redis -> redis.replicaofNoOne());
            Waiting.until(BACK, () -> node.node().trouble().isEmpty());
            node.publish("c", "2");
            Waiting.until(() -> client.has("2"));
            assertThat(client.gaps()).as("the other had nothing of this log").isNotEmpty();
        }
    }

    @Test
    void saysThatItNeedsAPassword() {
        try (TestNode node = new TestNode(server.url())) {
            node.publish("c", "1");
            server.ask(redis -> redis.configSet("requirepass", "secret"));
            String withPassword = server.url().replace("redis://", "redis://:secret@");
            RedisServer.ask(
                    withPassword,
                    redis -> redis.clientKill(
                            io.lettuce.core.KillArgs.Builder.typeNormal().skipme()));
            assertThatThrownBy(() -> node.publish("c", "x")).isInstanceOf(LogUnavailableException.class);
            Waiting.until(() -> node.node()
                    .trouble()
                    .filter(why -> why.contains("password"))
                    .isPresent());
            assertThatThrownBy(() -> RedisNode.start(RedisSettings.of(server.url())))
                    .isInstanceOf(LogUnavailableException.class)
                    .hasMessageContaining("password");
            try (TestNode other = new TestNode(withPassword)) {
                other.publish("c", "2");
            }
            RedisServer.ask(withPassword, redis -> redis.configSet("requirepass", ""));
            Waiting.until(BACK, () -> node.node().trouble().isEmpty());
            node.publish("c", "3");
        }
    }

    @Test
    void failsAtOnceOrWaitsWhereRedisIsNotThere() {
        server.kill();
        long begun = System.nanoTime();
        assertThatThrownBy(() -> RedisNode.start(RedisSettings.of(server.url())))
                .isInstanceOf(LogUnavailableException.class)
                .hasMessageContaining("127.0.0.1:" + server.port());
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));

        var started = java.util.concurrent.CompletableFuture.supplyAsync(
                () -> new TestNode(RedisSettings.of(server.url()).patience(Duration.ofSeconds(30))));
        server.launch();
        try (TestNode node = started.join()) {
            node.publish("c", "1");
        }
    }

    @Test
    void runsWithTheRightsThatTheDocumentationNames() {
        server.ask(redis -> redis.dispatch(
                io.lettuce.core.protocol.CommandType.ACL,
                new io.lettuce.core.output.StatusOutput<>(io.lettuce.core.codec.StringCodec.UTF8),
                new io.lettuce.core.protocol.CommandArgs<>(io.lettuce.core.codec.StringCodec.UTF8)
                        .add("SETUSER")
                        .add("hub")
                        .add("on")
                        .add(">pass")
                        .addValues(RIGHTS.split(" "))));
        String url = server.url().replace("redis://", "redis://hub:pass@");
        try (TestNode node = new TestNode(url);
                TestNode other = new TestNode(url)) {
            Client client =
                    new Client(Subscription.to(ChannelSet.of("user:u", "p*")).of("u")).connect(node);
            other.publish("user:u", "1", "key");
            other.publish("p1", "2");
            Waiting.until(() -> client.data().size() == 2);
            client.disconnect(node);
            Client back = new Client(Subscription.to(ChannelSet.of("p*")).after(Subscription.EARLIEST)).connect(other);
            Waiting.until(() -> back.has("2"));
            assertThat(TestNode.answer(node.hub().cluster().toCompletableFuture())
                            .nodes())
                    .isEqualTo(2);
            assertThat(TestNode.answer(node.hub().channels("", "", 10).toCompletableFuture()))
                    .hasSize(2);
            node.hub().log().trim();
            assertThat(node.node().trouble()).isEmpty();
        }
        assertThatThrownBy(() -> RedisNode.start(RedisSettings.of(url).prefix("other")))
                .isInstanceOf(LogUnavailableException.class)
                .hasMessageContaining("docs/scale.md");
    }

    @Test
    void keepsToItsBytesOldestFirst() {
        Retention retention = new Retention(1000, Duration.ofHours(1), 100_000, Duration.ofMinutes(2));
        try (TestNode node = new TestNode(RedisSettings.of(server.url()).retention(retention))) {
            for (int i = 0; i < 300; i++) {
                node.publish("c" + i % 7, "x".repeat(840)); // 1000 bytes each, as it is counted
            }
            long kept = 0;
            for (int i = 0; i < 7; i++) {
                String key = "{millrace}:c:c" + i;
                kept += server.<Long>ask(redis -> redis.xlen(key));
            }
            assertThat(kept).isBetween(95L, 100L);
            Client client = new Client(Subscription.to(ChannelSet.of("c*")).after(Subscription.EARLIEST)).connect(node);
            Waiting.until(() -> client.events().size() >= 95);
        }
    }
}
