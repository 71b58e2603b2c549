package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What Redis and the nodes do for an event, counted. */
class CostIT {
    private static final int EVENTS = 200;

    private RedisServer server;
    private TestNode a;
    private TestNode b;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        a = new TestNode(server.url());
        b = new TestNode(server.url());
    }

    @AfterEach
    void stop() {
        List.of(a, b).forEach(TestNode::close);
        server.close();
    }

    private void publish(String channel) {
        for (int i = 0; i < EVENTS; i++) {
            a.publish(channel, "" + i);
        }
        Waiting.until(() -> b.hub().log().last().equals(a.hub().log().last()));
    }

    /** How often Redis was told to, also by scripts. */
    private long calls(String command) {
        String stats = server.ask(redis -> redis.info("commandstats"));
        String begin = "cmdstat_" + command + ":calls=";
        return stats.lines()
                .filter(line -> line.startsWith(begin))
                .mapToLong(line -> Long.parseLong(line.substring(begin.length(), line.indexOf(','))))
                .sum();
    }

    private long connections() {
        String all = server.ask(redis -> redis.clientList());
        return all.lines().filter(line -> line.contains("name=millrace-")).count();
    }

    @Test
    void isOneReaderForANodeWhateverListensThere() {
        for (int i = 0; i < 50; i++) {
            new Client("x").connect(b);
        }
        Waiting.until(() ->
                TestNode.answer(a.hub().presence().of(ChannelName.of("x"), 100).toCompletableFuture())
                                .size()
                        == 50);
        assertThat(connections()).as("three for each node").isEqualTo(6);
        Map<String, Long> readers = server.ask(redis -> redis.pubsubNumsub("{millrace}:live:x", "{millrace}:live"));
        assertThat(readers)
                .as("one reader for each node that listens, and none for all channels")
                .isEqualTo(Map.of("{millrace}:live:x", 1L, "{millrace}:live", 0L));
        long before = calls("publish");
        long begun = System.nanoTime();
        publish("x");
        Waiting.until(() -> b.hub().statistics().delivered() == 50L * EVENTS);
        assertThat(calls("publish") - before)
                .as("three an event at the most: to its channel's listeners, to those of all, and to who published it")
                .isLessThanOrEqualTo(3 * EVENTS + signsOfLifeSince(begun));
    }

    @Test
    void isTheHearingAloneForANodeWithoutListeners() {
        new Client("x").connect(b);
        long ranges = calls("xrange");
        long tasks = b.tasks();
        publish("nobody");
        assertThat(b.tasks() - tasks)
                .as("the event loop is woken only where something had to be read again")
                .isLessThan(EVENTS / 4);
        assertThat(b.hub().statistics().delivered()).isZero();
        assertThat(b.hub().recipients(ChannelName.of("nobody"))).isZero();
        assertThat(calls("xrange") - ranges)
                .as("nothing is read that was heard")
                .isLessThan(EVENTS);
    }

    @Test
    void isSharedByStreamsThatComeBackAtOnce() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            Subscription asked = Subscription.to(ChannelSet.of("x")).as("client-id-of-16-chars" + i);
            clients.add(new Client(asked));
        }
        long published = calls("publish");
        b.loop().execute(() -> clients.forEach(client -> client.connectLater(b)));
        Waiting.until(() -> clients.stream().allMatch(Client::isConnected));
        assertThat(calls("publish") - published)
                .as("questions and answers for %d streams", EVENTS)
                .isLessThan(EVENTS / 2);
    }

    @Test
    void isNothingOnRedisForAStreamWithoutANameOfItsOwn() {
        new Client("x").connect(b).disconnect(b);
        long subscribed = calls("subscribe");
        long published = calls("publish");
        long begun = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            new Client("x").connect(b).disconnect(b);
        }
        assertThat(calls("publish") - published).isLessThanOrEqualTo(signsOfLifeSince(begun));
        assertThat(calls("subscribe")).isEqualTo(subscribed);
        assertThat(calls("unsubscribe")).as("it lingers").isZero();
    }

    /** How many marks the two nodes were sent with their signs of life, at the most. */
    private static long signsOfLifeSince(long nanos) {
        return 2 * (2 + Duration.ofNanos(System.nanoTime() - nanos).toSeconds());
    }
}
