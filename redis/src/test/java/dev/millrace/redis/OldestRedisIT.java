package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventLogContract;
import dev.millrace.log.Retention;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis 6.2 is new enough: the contract of the log, everything read from Redis; and two hubs on it. */
class OldestRedisIT extends EventLogContract {
    @TempDir
    private static Path folder;

    private static RedisServer server;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = OldestRedis.start(folder);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected EventLog newLog(Retention retention) {
        return RedisNode.start(RedisSettings.of(server.url())
                        .prefix(UUID.randomUUID().toString())
                        .retention(retention)
                        .clock(clock)
                        .windowBytes(1))
                .log();
    }

    @Test
    void carriesTwoHubs() {
        String version = server.ask(redis -> redis.info("server"));
        assertThat(version).contains("redis_version:6.2.");
        try (TestNode a = new TestNode(server.url());
                TestNode b = new TestNode(server.url())) {
            Client inbox =
                    new Client(Subscription.to(ChannelSet.of("user:u", "p*")).of("u")).connect(a);
            b.publish("user:u", "1", "key");
            assertThat(b.publish("user:u", "1", "key")).isEqualTo(a.publish("user:u", "1", "key"));
            b.publish("p1", "2");
            Waiting.until(() -> inbox.has("2"));
            assertThat(TestNode.answer(
                            b.hub().presence().of(ChannelName.of("p1"), 10).toCompletableFuture()))
                    .hasSize(1);
            Waiting.until(() ->
                    TestNode.answer(b.hub().cluster().toCompletableFuture()).nodes() == 2);
            assertThat(TestNode.answer(a.hub().channels("", "", 10).toCompletableFuture()))
                    .hasSize(2);
            a.hub().log().trim();
            inbox.disconnect(a);
            inbox.connect(b);
            a.publish("p1", "3");
            Waiting.until(() -> inbox.has("3"));
            assertThat(inbox.gaps()).isEmpty();
        }
    }
}
