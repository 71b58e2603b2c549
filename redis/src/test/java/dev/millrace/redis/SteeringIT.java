package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.hub.ClientIdTakenException;
import dev.millrace.hub.Notice;
import dev.millrace.hub.Order;
import dev.millrace.hub.Order.Deed;
import dev.millrace.hub.Order.Mandate;
import dev.millrace.hub.Outcome;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.LogUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream does what it is told on another node than its own, of three; one of them over a way that can be muted. */
class SteeringIT {
    private static final String ID = "client-id-of-16-chars";
    private static final Mandate ANN = Mandate.of(Optional.of("ann"));

    private RedisServer server;
    private FaultProxy proxy;
    private TestNode a;
    private TestNode b;
    private TestNode far;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.start();
        proxy = new FaultProxy(server.port());
        a = new TestNode(TestNode.hasty(server.url()));
        b = new TestNode(TestNode.hasty(server.url()));
        far = new TestNode(TestNode.hasty(proxy.url()));
        for (TestNode node : List.of(a, b, far)) {
            Waiting.until(() -> ask(node, "nobody-has-this-id-here", Mandate.forAll(), new Deed.Look())
                    .equals(new Outcome.Unknown()));
        }
    }

    @AfterEach
    void stop() throws IOException {
        List.of(a, b, far).forEach(TestNode::close);
        proxy.close();
        server.close();
    }

    private static Outcome ask(TestNode on, String id, Mandate mandate, Deed deed) {
        try {
            return TestNode.answer(on.hub().order(new Order(id, mandate, deed)).toCompletableFuture());
        } catch (LogUnavailableException e) {
            return new Outcome.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Outcome ask(TestNode on, Deed deed) {
        return ask(on, ID, ANN, deed);
    }

    private static Client ann(TestNode on, String... channels) {
        return client("ann", channels).connect(on);
    }

    private static Client client(String user, String... channels) {
        return new Client(Subscription.to(ChannelSet.of(channels)).as(ID).of(user));
    }

    @Test
    void listensElsewhereWhenToldOnAnotherNode() {
        Client client = ann(a, "x");
        assertThat(ask(b, new Deed.Subscribe("y"))).isEqualTo(new Outcome.Done(ChannelSet.of("x", "y")));
        b.publish("y", "1");
        Waiting.until(() -> client.has("1"));
        assertThat(ask(b, new Deed.Unsubscribe("x"))).isEqualTo(new Outcome.Done(ChannelSet.of("y")));
        a.publish("x", "2");
        a.publish("y", "3");
        Waiting.until(() -> client.has("3"));
        assertThat(client.data()).containsExactly("1", "3");
    }

    @Test
    void obeysNobodyButItsOwnUser() {
        Client client = ann(a, "x");
        for (Mandate other : List.of(Mandate.of(Optional.of("bert")), Mandate.of(Optional.empty()))) {
            for (Deed deed : List.of(
                    new Deed.Look(),
                    new Deed.Subscribe("y"),
                    new Deed.Unsubscribe("x"),
                    new Deed.Send("", "psst"),
                    new Deed.Renew(Optional.empty(), Set.of("x")),
                    new Deed.Kick(),
                    new Deed.Yield(1))) {
                assertThat(ask(b, ID, other, deed)).isEqualTo(new Outcome.Foreign());
            }
        }
        assertThat(client.subscriber().channels()).isEqualTo(ChannelSet.of("x"));
        assertThat(client.closedFor()).isEmpty();
        assertThat(ask(b, ID, Mandate.forAll(), new Deed.Kick())).isInstanceOf(Outcome.Done.class);
        Waiting.until(() -> client.closedFor().equals(Optional.of(Notice.Reason.KICKED)));
    }

    @Test
    void getsAnEventForItAlone() {
        Client client = ann(a, "x");
        String data = "line\nline\r\\n " + "ü".repeat(100_000);
        assertThat(ask(b, new Deed.Send("direct \\ hit", data))).isInstanceOf(Outcome.Done.class);
        Waiting.until(() -> client.messages().equals(List.of(new Notice.Message("direct \\ hit", data))));
    }

    @Test
    void leavesWhatAFreshTokenDoesNotGrantAndEndsWithIt() {
        Client client = ann(a, "x", "y");
        Instant soon = Instant.now().plusSeconds(1);
        assertThat(ask(b, new Deed.Renew(Optional.of(soon), Set.of("y"))))
                .isEqualTo(new Outcome.Done(ChannelSet.of("x")));
        Waiting.until(client::isExpired);
        assertThat(Instant.now()).isAfterOrEqualTo(soon.minusMillis(1));
    }

    @Test
    void saysWhatCanNotBeDone() {
        ann(a, "x");
        for (int i = 1; i < 100; i++) {
            ask(b, new Deed.Subscribe("x" + i));
        }
        assertThat(ask(b, new Deed.Subscribe("one more"))).isInstanceOf(Outcome.Refused.class);
        assertThat(ask(b, new Deed.Subscribe("x100")))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.why()).contains("100"));
    }

    @Test
    void isUnknownWhereNoNodeHasIt() {
        RedisNode withoutHub = RedisNode.start(RedisSettings.of(server.url()));
        assertThat(ask(b, new Deed.Look())).isEqualTo(new Outcome.Unknown());
        assertThat(ask(b, "no\nid \\ at all", ANN, new Deed.Look())).isEqualTo(new Outcome.Unknown());
        Client client = ann(a, "x");
        client.disconnect(a);
        assertThat(ask(b, new Deed.Look())).isEqualTo(new Outcome.Unknown());
        withoutHub.close();
    }

    @Test
    void makesWayForTheSameClientOnAnotherNodeAndHandsItsChannelsOn() {
        Client old = ann(a, "x");
        ask(far, new Deed.Subscribe("y"));
        Client now = ann(b, "x");
        Waiting.until(() -> old.closedFor().equals(Optional.of(Notice.Reason.REPLACED)));
        assertThat(now.subscriber().channels()).isEqualTo(ChannelSet.of("x", "y"));
        assertThat(now.closedFor()).isEmpty();
        Waiting.until(() ->
                TestNode.answer(far.hub().presence().of(ChannelName.of("y"), 10).toCompletableFuture())
                                .size()
                        == 1);

        now.disconnect(b);
        Client back = ann(far, "x");
        assertThat(back.subscriber().channels()).isEqualTo(ChannelSet.of("x", "y"));
        ask(a, new Deed.Unsubscribe("y"));
        back.disconnect(far);
        assertThat(ann(a, "x").subscriber().channels()).isEqualTo(ChannelSet.of("x"));
    }

    @Test
    void isRefusedWhereAnotherUserHasItsNameOnAnotherNode() {
        Client owner = ann(a, "x");
        assertThatThrownBy(() -> client("mallory", "x").connect(b)).isInstanceOf(ClientIdTakenException.class);
        assertThat(owner.closedFor()).isEmpty();
        assertThat(ask(b, new Deed.Look())).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void staysOnOneNodeAloneWhereItIsOpenedOnTwoAtOnce() {
        for (int round = 0; round < 100; round++) {
            Client one = client("ann", "x");
            Client other = client("ann", "x");
            a.loop().execute(() -> one.connectLater(a));
            b.loop().execute(() -> other.connectLater(b));
            Waiting.until(() -> one.isConnected() && other.isConnected());
            Waiting.until(() -> one.closedFor().isPresent() || other.closedFor().isPresent());
            assertThat(ask(far, new Deed.Look())).as("one of them").isInstanceOf(Outcome.Done.class);
            assertThat(one.closedFor().isPresent() && other.closedFor().isPresent())
                    .isFalse();
            assertThat(a.hub().statistics().connections() + b.hub().statistics().connections())
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void hearsAsTheLastOneWhereThousandsCameAndWent() {
        Random random = new Random(7);
        List<TestNode> nodes = List.of(a, b, far);
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Subscription asked = Subscription.to(ChannelSet.NONE).as(ID + i).of("ann");
            clients.add(new Client(asked).connect(nodes.get(i % 3)));
        }
        a.publish("busy", "0");
        Set<String> keys = keys();
        for (int step = 0; step < 2000; step++) {
            Deed deed = random.nextBoolean() ? new Deed.Subscribe("busy") : new Deed.Unsubscribe("busy");
            TestNode on = nodes.get(random.nextInt(3));
            assertThat(ask(on, ID + random.nextInt(20), ANN, deed)).isInstanceOf(Outcome.Done.class);
        }
        for (int i = 0; i < 20; i++) {
            ask(a, ID + i, ANN, i == 11 ? new Deed.Subscribe("busy") : new Deed.Unsubscribe("busy"));
        }
        b.publish("busy", "1");
        Waiting.until(() -> clients.get(11).has("1"));
        assertThat(clients.stream().filter(client -> client.has("1"))).hasSize(1);
        assertThat(keys()).isEqualTo(keys);
        assertThat(heard()).containsExactly("{millrace}:live:busy");
        ask(a, ID + 11, ANN, new Deed.Unsubscribe("busy"));
        Waiting.until(() -> heard().isEmpty());
        long patterns = server.ask(redis -> redis.pubsubNumpat());
        assertThat(patterns).isZero();
    }

    /** The channels that any node hears, but for the hub's own. */
    private Set<String> heard() {
        return TestNode.heard(server);
    }

    private Set<String> keys() {
        List<String> keys = server.ask(redis -> redis.keys("*"));
        return new TreeSet<>(keys);
    }

    @Test
    void isNotCalledUnknownWhileANodeDoesNotAnswer() {
        Client client = ann(far, "x");
        proxy.mute();
        long begun = System.nanoTime();
        assertThat(ask(a, new Deed.Send("", "lost")))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.why()).contains("not every node has answered"));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(4));
        proxy.heal();
        Waiting.until(() -> ask(a, new Deed.Send("", "there")) instanceof Outcome.Done);
        Waiting.until(() -> client.messages().contains(new Notice.Message("", "there")));
        assertThat(client.messages()).as("nothing late").doesNotContain(new Notice.Message("", "lost"));
    }

    @Test
    void isOpenedAndSteeredOnItsOwnNodeWhileRedisIsAway() {
        server.kill();
        Waiting.until(() -> a.node().trouble().isPresent());
        Client client = ann(a, "x");
        assertThat(ask(a, new Deed.Subscribe("y"))).isEqualTo(new Outcome.Done(ChannelSet.of("x", "y")));
        assertThat(ask(b, new Deed.Subscribe("y"))).isInstanceOf(Outcome.Refused.class);
        assertThat(client.closedFor()).isEmpty();
    }
}
