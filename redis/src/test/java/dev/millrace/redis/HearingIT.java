package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.LogPage;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Start;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node hears the channels that its readers listen to, and nothing of the others; what it hears late it reads. */
class HearingIT {
    private RedisServer server;
    private FaultProxy proxy;
    private TestNode a;
    private TestNode b;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.start();
        proxy = new FaultProxy(server.port());
        a = new TestNode(TestNode.hasty(server.url()));
        b = new TestNode(TestNode.hasty(proxy.url()));
    }

    @AfterEach
    void stop() throws IOException {
        List.of(a, b).forEach(TestNode::close);
        proxy.close();
        server.close();
    }

    private long saidOnTheLiveLink() {
        return proxy.wires().stream()
                .filter(FaultProxy.Wire::isLive)
                .mapToLong(FaultProxy.Wire::said)
                .sum();
    }

    @Test
    void isSentNothingOfAChannelThatNobodyListensToThere() {
        Client client = new Client("heard").connect(b);
        b.publish("heard", "0");
        Waiting.until(() -> client.has("0"));
        String text = "x".repeat(1000);
        long tasks = b.tasks();
        long before = saidOnTheLiveLink();
        for (int i = 0; i < 1000; i++) {
            a.publish("unheard", text);
        }
        Position last = a.publish("heard", "1");
        Waiting.until(() -> client.has("1"));
        assertThat(saidOnTheLiveLink() - before)
                .as("marks, signs of life and one event")
                .isLessThan(5000);
        assertThat(b.tasks() - tasks).as("tasks of the event loop").isLessThan(50);
        assertThat(b.hub().log().last()).isGreaterThanOrEqualTo(last);
        assertThat(client.data()).containsExactly("0", "1");
    }

    @Test
    void isSentEachEventOnceWhereAPatternIsListenedToNextToNames() {
        Client names = new Client("x", "y").connect(b);
        Client pattern = new Client("x*").connect(b);
        assertThat(TestNode.heard(server)).containsExactly("{millrace}:live");
        a.publish("x", "1");
        a.publish(Publication.to(ChannelName.of("x"), "passing").unkept());
        a.publish("y", "2");
        Waiting.until(() -> names.has("2") && pattern.has("passing"));
        assertThat(names.data()).containsExactly("1", "passing", "2");
        assertThat(pattern.data()).containsExactly("1", "passing");
        pattern.disconnect(b);
        Waiting.until(() -> TestNode.heard(server).equals(Set.of("{millrace}:live:x", "{millrace}:live:y")));
        a.publish(Publication.to(ChannelName.of("x"), "passed").unkept());
        a.publish("x", "3");
        Waiting.until(() -> names.has("3"));
        assertThat(names.data()).containsExactly("1", "passing", "2", "passed", "3");
        names.disconnect(b);
        Waiting.until(() -> TestNode.heard(server).isEmpty());
    }

    @Test
    void beginsAfterWhatWasAnsweredOnAnotherNode() {
        for (int i = 0; i < 100; i++) {
            String channel = "new/" + i;
            Position before = a.publish(channel, "before");
            Client client = new Client(channel).connect(b);
            Position begin = Position.parse(client.lastId()).orElseThrow();
            assertThat(begin).isGreaterThanOrEqualTo(before);
            a.publish(channel, "after");
            Waiting.until(() -> client.has("after"));
            assertThat(client.data()).containsExactly("after");
            client.disconnect(b);
        }
    }

    @Test
    void delaysNothingThatIsNotKeptWhereOthersPublishWhatIsUnheard() {
        Client client = new Client("typing").connect(b);
        for (int i = 0; i < 20; i++) {
            a.publish("unheard", "" + i);
            long begun = System.nanoTime();
            a.publish(Publication.to(ChannelName.of("typing"), "" + i).unkept());
            String data = "" + i;
            Waiting.until(() -> client.has(data));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(500));
        }
    }

    @Test
    void findsInTheHistoryWhatWasAnsweredOnAnotherNode() {
        ChannelSet channel = ChannelSet.of("h").withoutBroadcasts();
        for (int i = 1; i <= 50; i++) {
            a.publish("h", "" + i);
            var log = b.hub().log();
            LogPage page = TestNode.answer(log.newest(channel)
                    .thenCompose(newest -> LogPage.read(
                            log, new LogPage.Request(channel, new Start.Earliest(), newest, 1000, 1_000_000), b.loop()))
                    .toCompletableFuture());
            assertThat(page.events()).hasSize(i);
            assertThat(page.isGap()).isFalse();
        }
        assertThat(TestNode.heard(server)).as("nobody listens").isEmpty();
    }

    @Test
    void findsOnItsReturnWhatItsNodeHasLeftMeanwhile() {
        Client client = new Client("c").connect(b);
        for (int round = 0; round < 20; round++) {
            a.publish("c", 3 * round + "");
            client.disconnect(b);
            Waiting.until(() -> TestNode.heard(server).isEmpty());
            a.publish("c", 3 * round + 1 + "");
            client.connect(b);
            a.publish("c", 3 * round + 2 + "");
        }
        Waiting.until(() -> client.has("59"));
        assertThat(client.data())
                .isEqualTo(IntStream.range(0, 60).mapToObj(String::valueOf).toList());
        assertThat(client.gaps()).isEmpty();
    }

    @Test
    void opensALiveLinkAgainThatLeadsElsewhere() {
        Client client = new Client("c").connect(b);
        try (RedisServer other = RedisServer.start()) {
            proxy.lead(other.port());
            proxy.cut(FaultProxy.Wire::isLive);
            Waiting.until(() -> TestNode.heard(other).contains("{millrace}:live:c"));
            proxy.lead(server.port());
            a.publish("c", "1");
            Waiting.until(() -> client.has("1"));
            Waiting.until(() -> TestNode.heard(server).contains("{millrace}:live:c"));
            a.publish("c", "2");
            Waiting.until(() -> client.has("2"));
            assertThat(client.data()).containsExactly("1", "2");
            assertThat(client.gaps()).isEmpty();
        }
    }

    @Test
    void announcesWhatALiveLinkHasLeftOut() {
        Client client = new Client("c", "d").connect(b);
        Client other = new Client("d").connect(b);
        Position first = a.publish("c", "1");
        a.publish("d", "2");
        Position last = a.publish("d", "3");
        Waiting.until(() -> client.has("3"));
        String epoch = Long.toString(first.epoch(), 36);
        String message = "1 " + epoch + " " + (last.offset() - 1) + "\n" + (last.offset() + 1) + " 1 1 1 0 1\ncx";
        server.ask(redis -> redis.publish("{millrace}:live:c", message));
        Waiting.until(() -> client.has("x") && !client.gaps().isEmpty());
        assertThat(client.gaps())
                .containsExactly(new Gap(Optional.of("c"), Optional.of(first), last.at(last.offset() - 1)));
        assertThat(other.gaps()).isEmpty();
    }

    /** A stream with what it must have: for each channel, every number from one on to another. */
    private static final class Watcher {
        final Client client;
        final Map<String, Integer> from = new TreeMap<>();

        Watcher(Client client) {
            this.client = client;
        }

        void requireFrom(String channel, Publishers publishers) {
            from.put(channel, newest(publishers, channel) + 2); // one may be on its way
        }

        private static int newest(Publishers publishers, String channel) {
            return publishers.acknowledged().getOrDefault(channel, Set.of()).stream()
                    .max(Integer::compare)
                    .orElse(-1);
        }

        boolean hasAll(Publishers publishers) {
            return from.entrySet().stream().allMatch(each -> {
                int newest = newest(publishers, each.getKey());
                return newest < each.getValue() || numbers(each.getKey()).contains(newest);
            });
        }

        Set<Integer> numbers(String channel) {
            return client.events().stream()
                    .filter(event -> event.channel().value().equals(channel))
                    .map(event -> Integer.valueOf(event.data()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        void requireWhole(Publishers publishers) {
            from.forEach((channel, first) -> requireWhole(publishers, channel, first, Integer.MAX_VALUE));
            assertThat(client.gaps()).isEmpty();
            assertThat(client.events().stream().map(Event::position)).isSorted().doesNotHaveDuplicates();
        }

        void requireWhole(Publishers publishers, String channel, int first, int last) {
            Set<Integer> numbers = numbers(channel);
            assertThat(publishers.acknowledged().getOrDefault(channel, Set.of()).stream()
                            .filter(number -> number >= first && number <= last && !numbers.contains(number)))
                    .as(
                            "%s from %d to %d on a stream of %s",
                            channel, first, last, client.subscriber().channels())
                    .isEmpty();
        }
    }

    @Test
    void missesNothingWhereStreamsComeGoAndAreSteeredWhileLinksAreCut() {
        storm(17, true);
    }

    @Test
    void missesNothingWhereStreamsComeGoAndAreSteered() {
        storm(19, false);
    }

    private void storm(long seed, boolean isCut) {
        Random random = new Random(seed);
        List<TestNode> nodes = List.of(a, b);
        List<Watcher> steady = new ArrayList<>();
        List<Watcher> steered = new ArrayList<>();
        List<TestNode> on = new ArrayList<>();
        try (Publishers publishers = new Publishers(nodes, 4, 1)) {
            publishers.awaitMore(20);
            for (int i = 0; i < 8; i++) {
                TestNode node = nodes.get(i % 2);
                String own = "c" + i;
                String entry = i % 4 == 3 ? own + "*" : own;
                Watcher watcher = new Watcher(new Client(entry, "c" + (i + 3) % 8).connect(node));
                watcher.requireFrom(own, publishers);
                watcher.requireFrom("c" + (i + 3) % 8, publishers);
                steady.add(watcher);
                on.add(node);
                steered.add(new Watcher(new Client("nothing").connect(node)));
            }
            for (int step = 0; step < 300; step++) {
                int which = random.nextInt(8);
                switch (random.nextInt(4)) {
                    case 0 -> comeBack(steady.get(which), which, on, nodes.get(random.nextInt(2)), publishers, random);
                    case 1, 2 -> steer(steered.get(which), random, publishers);
                    default -> publishers.awaitMore(random.nextInt(10));
                }
                if (isCut && step % 15 == 14) {
                    proxy.cut(random.nextBoolean() ? FaultProxy.Wire::isLive : wire -> random.nextBoolean());
                }
            }
            publishers.awaitMore(50);
            publishers.stop();
            for (List<Watcher> watchers : List.of(steady, steered)) {
                for (Watcher watcher : watchers) {
                    Waiting.until(() -> watcher.hasAll(publishers));
                    watcher.requireWhole(publishers);
                }
            }
            assertThat(publishers.twice()).isEmpty();
        }
        for (int i = 0; i < 8; i++) {
            steady.get(i).client.disconnect(on.get(i));
            steered.get(i).client.disconnect(nodes.get(i % 2));
        }
        Waiting.until(() -> TestNode.heard(server).isEmpty());
    }

    private static void comeBack(
            Watcher watcher, int which, List<TestNode> on, TestNode to, Publishers publishers, Random random) {
        watcher.client.disconnect(on.get(which));
        publishers.awaitMore(random.nextInt(15));
        watcher.client.connect(to);
        on.set(which, to);
    }

    private static void steer(Watcher watcher, Random random, Publishers publishers) {
        String channel = "c" + random.nextInt(8);
        var stream = watcher.client.subscriber();
        if (watcher.from.containsKey(channel)) {
            int first = watcher.from.remove(channel);
            TestNode.answer(stream.unsubscribe(channel).toCompletableFuture());
            int last = watcher.numbers(channel).stream().max(Integer::compare).orElse(-1);
            watcher.requireWhole(publishers, channel, first, last);
        } else {
            TestNode.answer(stream.subscribe(channel).toCompletableFuture());
            watcher.requireFrom(channel, publishers);
        }
    }
}
