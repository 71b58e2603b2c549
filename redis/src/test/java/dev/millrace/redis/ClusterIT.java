package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.hub.Listener;
import dev.millrace.hub.Notice;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.KeyConflictException;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two hubs on one Redis are one hub. */
class ClusterIT {
    private static RedisServer server;

    private TestNode a;
    private TestNode b;

    @BeforeAll
    static void startRedis() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void start() {
        server.ask(redis -> redis.flushall());
        a = new TestNode(TestNode.hasty(server.url()));
        b = new TestNode(TestNode.hasty(server.url()));
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    @Test
    void deliversOneOrderOnAllNodes() {
        List<Client> clients = new ArrayList<>();
        for (TestNode node : List.of(a, b)) {
            clients.add(new Client("*").connect(node));
            clients.add(new Client("c*", "other").connect(node));
        }
        try (Publishers publishers = new Publishers(List.of(a, b), 4, 0)) {
            publishers.awaitMore(2000);
            publishers.stop();
            for (Client client : clients) {
                Waiting.until(() -> client.events().size() == publishers.count());
                client.requireWhole(publishers.acknowledged());
                assertThat(client.gaps()).isEmpty();
            }
        }
        List<Position> order =
                clients.get(0).events().stream().map(Event::position).toList();
        for (Client client : clients) {
            assertThat(client.events().stream().map(Event::position)).isEqualTo(order);
        }
    }

    @Test
    void resumesOnAnotherNode() {
        Random random = new Random(3);
        Client client = new Client("c*").connect(a);
        TestNode on = a;
        try (Publishers publishers = new Publishers(List.of(a, b), 2, 1)) {
            for (int round = 0; round < 60; round++) {
                publishers.awaitMore(random.nextInt(20));
                client.disconnect(on);
                publishers.awaitMore(random.nextInt(20));
                on = random.nextBoolean() ? a : b;
                client.connect(on);
            }
            publishers.stop();
            Waiting.until(() -> client.events().size() >= publishers.count());
            client.requireWhole(publishers.acknowledged());
            assertThat(client.gaps()).isEmpty();
        }
    }

    @Test
    void readsBackOnAnotherNodeWhatItJustAnswered() {
        for (int i = 0; i < 200; i++) {
            Position place = a.publish("seam", "" + i);
            Client client = new Client(Subscription.to(ChannelSet.of("seam")).after(place.toString()));
            client.connect(b);
            assertThat(client.gaps())
                    .as("a place that only the other node had heard of")
                    .isEmpty();
            client.disconnect(b);
        }
    }

    @Test
    void placesAKeyOnceOnTwoNodes() {
        Position first = a.publish("keys", "1", "k");
        assertThat(b.publish("keys", "1", "k")).isEqualTo(first);
        assertThatThrownBy(() -> b.publish("keys", "2", "k")).isInstanceOf(KeyConflictException.class);
    }

    @Test
    void handsEventsThatAreNotKeptToAllNodes() {
        Client here = new Client("typing").connect(a);
        Client there = new Client("typing").connect(b);
        a.publish(Publication.to(ChannelName.of("typing"), "now").unkept());
        Waiting.until(() -> here.has("now") && there.has("now"));
        assertThat(there.events().get(0).isKept()).isFalse();
    }

    @Test
    void kicksAUserOnAllNodes() {
        Client here = new Client(Subscription.to(ChannelSet.of("c")).of("mallory")).connect(a);
        Client there = new Client(Subscription.to(ChannelSet.of("c")).of("mallory")).connect(b);
        Client other = new Client(Subscription.to(ChannelSet.of("c")).of("alice")).connect(b);
        a.hub().kick("mallory");
        Waiting.until(() -> here.closedFor().isPresent() && there.closedFor().isPresent());
        assertThat(there.closedFor()).contains(Notice.Reason.KICKED);
        assertThat(other.closedFor()).isEmpty();
    }

    @Test
    void tellsWhoListensOnAllNodes() {
        new Client(Subscription.to(ChannelSet.of("room/1")).of("alice \\ \n bob")).connect(a);
        new Client(Subscription.to(ChannelSet.of("room/*"))).connect(b);
        Client leaving = new Client("room/1").connect(b);
        new Client("room/2").connect(b);

        assertThat(listeners("room/1", 10)).hasSize(3);
        assertThat(listeners("room/1", 10))
                .extracting(Listener::user)
                .contains(Optional.of("alice \\ \n bob"), Optional.empty());
        assertThat(listeners("room/1", 2)).hasSize(2);
        leaving.disconnect(b);
        Waiting.until(() -> listeners("room/1", 10).size() == 2);
        b.close();
        Waiting.until(() -> listeners("room/1", 10).size() == 1);
    }

    private List<Listener> listeners(String channel, int limit) {
        return TestNode.answer(
                a.hub().presence().of(ChannelName.of(channel), limit).toCompletableFuture());
    }

    @Test
    void sumsTheFiguresOfAllNodes() {
        new Client("x").connect(a);
        new Client("x").connect(b);
        b.publish("x", "1");
        Waiting.until(() -> {
            var all = TestNode.answer(a.hub().cluster().toCompletableFuture());
            return all.nodes() == 2 && all.connections() == 2 && all.published() == 1 && all.delivered() == 2;
        });
        b.close();
        Waiting.until(
                () -> TestNode.answer(a.hub().cluster().toCompletableFuture()).nodes() == 1);
    }

    @Test
    void keepsAnInboxOnWhicheverNodeItsUserWas() {
        Subscription inbox = Subscription.to(ChannelSet.of("user:ann")).of("ann");
        Client first = new Client(inbox).connect(a);
        a.publish("user:ann", "1");
        Waiting.until(() -> first.has("1"));
        first.disconnect(a);
        Waiting.until(() -> server.ask(redis -> redis.keys("*}:b:*")).size() == 1);
        Waiting.until(() -> bookmarked(first.lastId()));
        b.publish("user:ann", "2");

        Client second = new Client(inbox).connect(b);
        Waiting.until(() -> second.has("2"));
        assertThat(second.data()).containsExactly("2");
    }

    private static boolean bookmarked(String place) {
        return server.ask(redis -> redis.keys("*}:b:*").stream().anyMatch(key -> place.equals(redis.get(key))));
    }

    @Test
    void staysCleanWhereThousandsComeAndGo() {
        Random random = new Random(5);
        List<Client> open = new ArrayList<>();
        List<TestNode> on = new ArrayList<>();
        Client last = new Client("busy").connect(a);
        a.publish("busy", "0");
        Set<String> keys = keys();
        for (int step = 0; step < 2000; step++) {
            if (open.isEmpty() || (open.size() < 20 && random.nextBoolean())) {
                TestNode node = random.nextBoolean() ? a : b;
                open.add(new Client("busy").connect(node));
                on.add(node);
            } else {
                int which = random.nextInt(open.size());
                open.remove(which).disconnect(on.remove(which));
            }
        }
        while (!open.isEmpty()) {
            open.remove(0).disconnect(on.remove(0));
        }
        b.publish("busy", "1");
        Waiting.until(() -> last.has("1"));
        assertThat(keys()).isEqualTo(keys);
        assertThat(heard()).containsExactly("{millrace}:live:busy");
        last.disconnect(a);
        Waiting.until(() -> heard().isEmpty());
        long patterns = server.ask(redis -> redis.pubsubNumpat());
        assertThat(patterns).isZero();
        assertThat(connections()).as("three for each node").isEqualTo(6);
    }

    /** The channels that any node hears, but for the hub's own. */
    private static Set<String> heard() {
        return TestNode.heard(server);
    }

    private static Set<String> keys() {
        List<String> keys = server.ask(redis -> redis.keys("*"));
        return new TreeSet<>(keys);
    }

    @Test
    void takesAnyChannelNameAsItIs() {
        List<String> names = List.of("log", "live", "c:log", "a=b", "@/~:+-._", "Ünïcode/日本", "nodes");
        Client all = new Client("*").connect(b);
        names.forEach(name -> a.publish(name, name));
        Waiting.until(() -> all.events().size() == names.size());
        assertThat(all.data()).isEqualTo(names);
        for (String name : names) {
            Client earlier = new Client(Subscription.to(ChannelSet.of(name)).after(Subscription.EARLIEST));
            earlier.connect(b);
            Waiting.until(() -> earlier.data().equals(List.of(name)));
        }
    }

    @Test
    void keepsEveryKeyUnderItsPrefixAndInItsSlot() {
        String nasty = "}{other}:*?[a-z] \\ \n";
        try (TestNode other = new TestNode(RedisSettings.of(server.url()).prefix("millrace:c"))) {
            Subscription inbox = Subscription.to(ChannelSet.of("user:x")).of(nasty);
            Client client = new Client(inbox).connect(a);
            Position first = a.publish("user:x", "1", nasty);
            assertThat(b.publish("user:x", "1", nasty)).isEqualTo(first);
            assertThat(b.publish("user:x", "2", "*")).as("a key is no pattern").isEqualTo(first.at(first.offset() + 1));
            other.publish("x", "theirs");
            Waiting.until(() -> client.has("2"));
            client.disconnect(a);
            Waiting.until(() -> keys().stream().anyMatch(key -> key.startsWith("{millrace}:b:")));
            List<String> ours = keys().stream()
                    .filter(key -> !key.startsWith("{millrace:c}:"))
                    .toList();
            assertThat(ours).allMatch(key -> key.startsWith("{millrace}:"));
            assertThat(ours).contains("{millrace}:b:user:x " + nasty, "{millrace}:k:user:x " + nasty);
            assertThat(ours.stream()
                            .map(io.lettuce.core.cluster.SlotHash::getSlot)
                            .distinct())
                    .hasSize(1);
            Client theirs = new Client(Subscription.to(ChannelSet.of("*")).after(Subscription.EARLIEST)).connect(other);
            Waiting.until(() -> theirs.has("theirs"));
            assertThat(theirs.data()).containsExactly("theirs");
        }
    }

    @Test
    void sharesOneRedisWithAnotherHub() {
        try (TestNode other = new TestNode(RedisSettings.of(server.url()).prefix("other"))) {
            Client theirs = new Client("x").connect(other);
            Client ours = new Client("x").connect(a);
            a.publish("x", "1");
            other.publish("x", "2");
            Waiting.until(() -> theirs.has("2") && ours.has("1"));
            assertThat(theirs.data()).containsExactly("2");
            assertThat(ours.data()).containsExactly("1");
        }
    }

    @Test
    void passesOverWhatItDoesNotUnderstand() {
        Client client = new Client("x").connect(a);
        server.ask(redis -> {
            for (String place : List.of("live", "live:x", "live:$all", "live:no channel")) {
                redis.publish("{millrace}:" + place, "what is this");
                redis.publish("{millrace}:" + place, "1 zz 5 and a later field\n7 7 1 99999 0 0 \n");
            }
            redis.publish("{millrace}:ask", "1 2");
            redis.publish("{millrace}:ask", "9 later version");
            redis.hset("{millrace}:nodes", "stranger", "not a number");
            return redis.set("{millrace}:c:poison", "not a stream");
        });
        Client poisoned = new Client(Subscription.to(ChannelSet.of("poison")).after(Subscription.EARLIEST));
        poisoned.connect(a);
        a.publish("x", "1");
        a.publish("poison", "2");
        Waiting.until(() -> client.has("1") && poisoned.has("2"));
        assertThat(client.gaps()).isEmpty();
    }

    @Test
    void leavesNothingBehindWhenItEnds() {
        long threads = redisThreads();
        for (int i = 0; i < 20; i++) {
            try (TestNode node = new TestNode(server.url())) {
                node.publish("x", "" + i);
            }
        }
        Waiting.until(() -> redisThreads() <= threads);
        Waiting.until(() -> connections() == 6);
        Waiting.until(
                () -> TestNode.answer(a.hub().cluster().toCompletableFuture()).nodes() == 2);
    }

    private static long redisThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("lettuce")
                        || thread.getName().startsWith("millrace-redis"))
                .count();
    }

    private static long connections() {
        String all = server.ask(redis -> redis.clientList());
        return all.lines().filter(line -> line.contains("name=millrace-")).count();
    }
}
