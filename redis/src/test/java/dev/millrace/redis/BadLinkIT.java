package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.hub.Notice;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.LogUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three hubs on one Redis, two of them over a way that is cut, slow or mute. */
class BadLinkIT {
    private static final Duration BACK = Duration.ofSeconds(5);

    private RedisServer server;
    private FaultProxy proxy;
    private TestNode near;
    private TestNode a;
    private TestNode b;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.start();
        proxy = new FaultProxy(server.port());
        near = new TestNode(server.url());
        a = new TestNode(proxy.url());
        b = new TestNode(proxy.url());
    }

    @AfterEach
    void stop() throws IOException {
        List.of(near, a, b).forEach(TestNode::close);
        proxy.close();
        server.close();
    }

    @Test
    void losesNothingWhenLinksAreCutAgainAndAgain() {
        Random random = new Random(11);
        Client client = new Client("c*").connect(a);
        Client nearby = new Client("c*").connect(near);
        try (Publishers publishers = new Publishers(List.of(near, a, b), 1, 1)) {
            for (int round = 0; round < 30; round++) {
                publishers.awaitMore(1 + random.nextInt(40));
                switch (random.nextInt(3)) {
                    case 0 -> proxy.cut();
                    case 1 -> proxy.cut(FaultProxy.Wire::isLive);
                    default -> proxy.cut(wire -> random.nextBoolean());
                }
            }
            publishers.awaitMore(50);
            publishers.stop();
            for (Client each : List.of(client, nearby)) {
                Waiting.until(() -> each.events().size() >= nearby.events().size()
                        && each.events().size() >= publishers.count());
                each.requireWhole(publishers.acknowledged());
                assertThat(each.gaps()).isEmpty();
            }
            assertThat(publishers.twice()).isEmpty();
            assertThat(publishers.longestMillis()).isLessThan(2000);
        }
    }

    @Test
    void fillsWhatAMuteLiveLinkDidNotSay() {
        Client client = new Client("c").connect(a);
        proxy.wires().stream().filter(FaultProxy.Wire::isLive).forEach(FaultProxy.Wire::mute);
        near.publish("c", "1");
        Waiting.until(BACK, () -> client.has("1"));
        near.publish("c", "2");
        Waiting.until(BACK, () -> client.has("2"));
        assertThat(client.data()).containsExactly("1", "2");
        assertThat(client.gaps()).isEmpty();
    }

    @Test
    void answersAPublishThatTheLiveLinkIsMuteAbout() {
        proxy.wires().stream().filter(FaultProxy.Wire::isLive).forEach(FaultProxy.Wire::mute);
        a.publish("c", "1");
        Client client = new Client(Subscription.to(ChannelSet.of("c")).withHistory(1)).connect(a);
        Waiting.until(() -> client.has("1"));
    }

    @Test
    void comesBackFromALinkThatIsAliveButMute() {
        Client client = new Client("c").connect(a);
        a.publish("c", "1");
        proxy.mute();
        long begun = System.nanoTime();
        assertThatThrownBy(() -> a.publish("c", "x")).isInstanceOf(LogUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        near.publish("c", "2");
        Waiting.until(() -> a.node().trouble().isPresent());
        proxy.heal();
        Waiting.until(BACK, () -> a.node().trouble().isEmpty());
        a.publish("c", "3");
        Waiting.until(() -> client.has("3"));
        assertThat(client.data()).containsExactly("1", "2", "3");
        assertThat(client.gaps()).isEmpty();
    }

    @Test
    void publishesOnceWhereTheAnswerIsLost() {
        a.publish("c", "before");
        proxy.wires().forEach(FaultProxy.Wire::loseReplies);
        assertThatThrownBy(() -> a.publish("c", "1", "key"))
                .isInstanceOf(LogUnavailableException.class)
                .hasMessageContaining("may have been published");
        Waiting.until(BACK, () -> a.node().trouble().isEmpty());
        a.publish("c", "1", "key");
        Client client = new Client(Subscription.to(ChannelSet.of("c")).after(Subscription.EARLIEST)).connect(near);
        a.publish("c", "after");
        Waiting.until(() -> client.has("after"));
        assertThat(client.data()).containsExactly("before", "1", "after");
    }

    @Test
    void keepsItsOrderOverASlowLink() {
        proxy.delay(40);
        Client client = new Client("c*").connect(a);
        try (Publishers publishers = new Publishers(List.of(near, a), 2, 1)) {
            publishers.awaitMore(500);
            publishers.stop();
            Waiting.until(() -> client.events().size() == publishers.count());
            client.requireWhole(publishers.acknowledged());
        }
    }

    @Test
    void answersNothingLateThatAFrozenRedisTakesUp() {
        Client client = new Client("c").connect(near);
        a.publish("c", "1");
        server.freeze();
        long begun = System.nanoTime();
        assertThatThrownBy(() -> a.publish("c", "too late")).isInstanceOf(LogUnavailableException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(2));
        Waiting.until(() -> near.node().trouble().isPresent());
        server.thaw();
        Waiting.until(
                BACK,
                () -> a.node().trouble().isEmpty() && near.node().trouble().isEmpty());
        a.publish("c", "2");
        Waiting.until(() -> client.has("2"));
        assertThat(client.data()).containsExactly("1", "2");
    }

    @Test
    void readsOnWhereRedisWasAwayWhileAReaderWentBack() {
        near.publish("c", "1");
        near.publish("c", "2");
        try (TestNode fresh = new TestNode(proxy.url())) { // nothing in its window: it has to ask
            proxy.mute();
            Client client = new Client(Subscription.to(ChannelSet.of("c")).after("0-0"));
            fresh.loop().execute(() -> client.connectLater(fresh));
            Waiting.until(() -> fresh.node().trouble().isPresent());
            Waiting.until(BACK, () -> client.notices().stream().anyMatch(Notice.Heartbeat.class::isInstance));
            assertThat(client.isConnected())
                    .as("nobody knows yet what is missing")
                    .isFalse();
            proxy.heal();
            Waiting.until(() -> client.has("2"));
            assertThat(client.data()).containsExactly("1", "2");
        }
    }
}
