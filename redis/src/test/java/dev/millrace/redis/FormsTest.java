package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.hub.Bookmarks;
import dev.millrace.hub.ClientInfo;
import dev.millrace.hub.ClientQuery;
import dev.millrace.hub.Cluster;
import dev.millrace.hub.Listener;
import dev.millrace.hub.Order;
import dev.millrace.hub.Outcome;
import dev.millrace.hub.Steering;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What nodes and Redis tell each other, in the forms in which they do. */
class FormsTest {
    @Test
    void readsWhatAnAppendSends() {
        byte[] bytes = utf8("1 zz 41\n42 1700 1 3 4 6\nchnnamehällo");
        LiveMessage message = LiveMessage.parse(bytes).orElseThrow();
        Position epoch = Position.parse("zz-0").orElseThrow();
        assertThat(message.before()).isEqualTo(epoch.at(41));
        assertThat(message.events())
                .containsExactly(new Event(epoch.at(42), ChannelName.of("chn"), "name", "hällo", 1700, true));
    }

    @Test
    void passesOverFieldsOfLaterVersions() {
        byte[] bytes = utf8("1 zz 41 more\n42 1700 0 1 0 1 more and more\ncx");
        LiveMessage message = LiveMessage.parse(bytes).orElseThrow();
        assertThat(message.events()).extracting(Event::data).containsExactly("x");
        assertThat(message.events()).extracting(Event::isKept).containsExactly(false);
    }

    @Test
    void takesNothingElseForAMessage() {
        for (String other : List.of("", "\n", "2 zz 41\n", "1 zz\n", "1 zz -1\n", "1 zz 1\n1 1 1 9 9 9\nx", "1 zz 1")) {
            assertThat(LiveMessage.parse(utf8(other))).as(other).isEmpty();
        }
    }

    @Test
    void givesBackWhoListens() {
        List<Listener> listeners = List.of(
                new Listener("id-1", Optional.of("a \\n\n\r user "), ChannelSet.of("a", "b/*"), 17),
                new Listener("id_2", Optional.empty(), ChannelSet.NONE, 18));
        var answered = new PresenceMessage.Answered(5, listeners);
        assertThat(PresenceMessage.Answered.parse(answered.bytes())).contains(answered);
        var asked = new PresenceMessage.Asked(5, "node", 10, ChannelName.of("日本"));
        assertThat(PresenceMessage.Asked.parse(asked.bytes())).contains(asked);
        assertThat(PresenceMessage.Asked.parse(utf8("1 x"))).isEmpty();
        assertThat(PresenceMessage.Answered.parse(utf8("2 5"))).isEmpty();
    }

    @Test
    void givesBackHowStreamsStand() {
        Listener anna = new Listener("id-1", Optional.of("a \\n\n\r user "), ChannelSet.of("a", "b/*"), 17);
        Listener nobody = new Listener("id_2", Optional.empty(), ChannelSet.NONE, 18);
        List<ClientInfo> clients = List.of(
                new ClientInfo("host/1", anna, "HTTP/1.1", new Position(7, 8), 9, 10, true, 11),
                new ClientInfo("host/1", nobody, "", new Position(7, 9), 0, 0, false, 12));
        var answered = new ClientMessage.Answered(5, "host/1", clients);
        assertThat(ClientMessage.Answered.parse(answered.bytes())).contains(answered);
        for (ClientQuery query : List.of(
                ClientQuery.of("id-1"),
                new ClientQuery(
                        Optional.empty(), Optional.of("a \n b"), Optional.of(ChannelName.of("日本")), "id_2", 7))) {
            var asked = new ClientMessage.Asked(5, "node", query);
            assertThat(ClientMessage.Asked.parse(asked.bytes())).contains(asked);
            assertThat(PresenceMessage.Asked.parse(asked.bytes()))
                    .as("a node that does not know it")
                    .isEmpty();
        }
        assertThat(ClientMessage.Asked.parse(utf8("c1 x"))).isEmpty();
    }

    @Test
    void readsBackEveryOrder() {
        String any = " \\n \n\r = * ü";
        for (Order.Deed deed : List.of(
                new Order.Deed.Look(),
                new Order.Deed.Subscribe("a/*"),
                new Order.Deed.Unsubscribe("a"),
                new Order.Deed.Send("", any),
                new Order.Deed.Renew(Optional.of(Instant.ofEpochMilli(17)), Set.of("a", "b*")),
                new Order.Deed.Renew(Optional.empty(), Set.of()),
                new Order.Deed.Kick(),
                new Order.Deed.Yield(5))) {
            for (Order.Mandate mandate : List.of(
                    Order.Mandate.forAll(),
                    Order.Mandate.of(Optional.empty()),
                    Order.Mandate.of(Optional.of("")),
                    Order.Mandate.of(Optional.of(any)))) {
                var given = new OrderMessage.Given(5, "node", 99, new Order("id", mandate, deed));
                assertThat(OrderMessage.Given.parse(given.bytes())).contains(given);
            }
        }
        for (String strange :
                List.of("", "1", "2 5 node 99\nid\n*\nlook", "1 5 node 99\nid\n*\nexplode", "1 5 n x\ni\n*\nlook")) {
            assertThat(OrderMessage.Given.parse(utf8(strange))).as(strange).isEmpty();
        }
    }

    @Test
    void readsBackEveryOutcome() {
        for (Outcome outcome : List.of(
                new Outcome.Done(ChannelSet.of("a", "b/*")),
                new Outcome.Done(ChannelSet.NONE),
                new Outcome.Yielded(new Steering(Set.of("a", "b"), Set.of("c"))),
                new Outcome.Yielded(Steering.NONE),
                new Outcome.Unknown(),
                new Outcome.Foreign(),
                new Outcome.Refused("too many:\nfewer"),
                new Outcome.Busy())) {
            var answered = new OrderMessage.Answered(7, outcome);
            assertThat(OrderMessage.Answered.parse(answered.bytes())).contains(answered);
        }
        assertThat(OrderMessage.Answered.parse(utf8("1 7\nlater"))).isEmpty();
    }

    @Test
    void opensWhatWasSentTogether() {
        for (List<String> messages : List.of(List.of("1 2"), List.of("1 2", "", "c1 +7\n\n", "ü"), List.of("", ""))) {
            List<String> opened = new ArrayList<>();
            byte[] batch = Batch.of(messages.stream().map(FormsTest::utf8).toList());
            Batch.open(batch, message -> opened.add(new String(message, StandardCharsets.UTF_8)));
            assertThat(opened).isEqualTo(messages);
        }
    }

    @Test
    void keepsAllKeysInOneSlotAndApart() {
        Keys keys = new Keys("p");
        byte[] one = keys.bookmark(new Bookmarks.Inbox("b c", ChannelName.of("a")));
        byte[] other = keys.bookmark(new Bookmarks.Inbox("{x} c", ChannelName.of("a")));
        assertThat(one).startsWith(utf8("{p}:")).isNotEqualTo(other);
        assertThat(other).startsWith(utf8("{p}:"));
    }

    @Test
    void refusesAPrefixThatWouldBreakItsKeys() {
        RedisSettings settings = RedisSettings.of("redis://localhost");
        for (String prefix : List.of("", "a}b", "a b", "ä", "x".repeat(65))) {
            assertThatThrownBy(() -> settings.prefix(prefix))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("prefix");
        }
    }

    @Test
    void showsNoPassword() {
        assertThat(RedisSettings.of("redis://user:geheim@localhost").toString()).doesNotContain("geheim");
        assertThatThrownBy(() -> RedisSettings.of("http://user:geheim@localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("geheim")
                .hasMessageContaining("redis://");
    }

    @Test
    void knowsItsServer() {
        Server server = Server.of("""
                # Server
                redis_version:7.0.15
                run_id:abc
                role:master
                second_repl_offset:-1
                maxmemory:100
                maxmemory_policy:allkeys-lru
                """);
        assertThat(server).isEqualTo(new Server("abc", false, false, true));
        assertThat(Server.of("role:slave\r\nsecond_repl_offset:17").isReplica()).isTrue();
        assertThat(Server.of("role:master\r\nsecond_repl_offset:17").wasReplica())
                .isTrue();
        assertThat(Server.of("redis_version:6.2.0")).isNotNull();
        assertThatThrownBy(() -> Server.of("redis_version:6.0.16")).hasMessageContaining("6.2");
        assertThatThrownBy(() -> Server.of("redis_version:5.0.1")).hasMessageContaining("6.2");
    }

    @Test
    void followsALineageToTheFirstFork() {
        Map<Long, Long> shared = Lineage.parse("c-40,b-80,a-50,c-99").sharedThrough();
        assertThat(shared).containsOnly(Map.entry(12L, 40L), Map.entry(11L, 40L), Map.entry(10L, 40L));
        assertThat(Lineage.parse("b-80,a-50").sharedThrough()).containsOnly(Map.entry(11L, 80L), Map.entry(10L, 50L));
        assertThat(Lineage.parse("").sharedThrough()).isEmpty();
    }

    @Test
    void addsUpSignsOfLife() {
        assertThat(Beat.sum(List.of(Beat.parse("17 1 2 3"), Beat.parse("18 10 20 30 and more"), Beat.parse("what?"))))
                .isEqualTo(new Cluster(3, 11, 22, 33));
    }

    @Test
    void waitsLongerEachTimeAndNeverVeryLong() {
        Backoff backoff = new Backoff();
        long before = 0;
        for (int i = 0; i < 20; i++) {
            long wait = backoff.nextMillis();
            assertThat(wait).isBetween(Math.min(before, 500) / 2, 1000L);
            before = wait;
        }
        assertThat(before).isGreaterThanOrEqualTo(500);
        backoff.reset();
        assertThat(backoff.nextMillis()).isLessThanOrEqualTo(50);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
