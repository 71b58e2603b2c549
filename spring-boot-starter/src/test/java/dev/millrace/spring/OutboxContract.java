package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.hub.EventTooLargeException;
import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Events that belong to database transactions, as a listener sees them; on each database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OutboxContract {
    private ConfigurableApplicationContext context;
    private int port;
    private Hub hub;
    private Outbox outbox;
    private JdbcTemplate jdbc;
    private TransactionTemplate transaction;

    @EnableAutoConfiguration
    static class App {}

    /** The address of an empty database, with the user and the password. */
    abstract String databaseUrl() throws Exception;

    static ConfigurableApplicationContext run(String database, String... properties) {
        Stream<String> standard = Stream.of(
                "spring.datasource.url=" + database, "millrace.outbox.enabled=true", "millrace.outbox.poll=50ms");
        return TestApp.run(
                App.class, Stream.concat(standard, Stream.of(properties)).toArray(String[]::new));
    }

    @BeforeAll
    void start() throws Exception {
        context = run(databaseUrl(), "millrace.max-event-size=1KB");
        port = TestApp.port(context);
        hub = context.getBean(Hub.class);
        outbox = context.getBean(Outbox.class);
        jdbc = context.getBean(JdbcTemplate.class);
        transaction = context.getBean(TransactionTemplate.class);
    }

    @AfterAll
    void stop() throws Exception {
        context.close();
    }

    private TestStream listen(String channel) throws Exception {
        TestStream stream = TestStream.open(port, "/millrace/events/" + channel);
        stream.next("connected");
        return stream;
    }

    @Test
    void anEventGoesOutWhenItsTransactionCommitsAndNotBefore() throws Exception {
        try (TestStream stream = listen("commit")) {
            transaction.executeWithoutResult(status -> {
                outbox.publish("commit", "slow", "1");
                CompletableFuture.runAsync(() -> outbox.publish("commit", "quick", "2"))
                        .join();
                assertThat(next(stream, "quick"))
                        .as("what was there to publish")
                        .isEqualTo("2");
            });
            assertThat(next(stream, "slow")).isEqualTo("1");
        }
    }

    @Test
    void anEventOfATransactionThatRollsBackNeverGoesOut() throws Exception {
        try (TestStream stream = listen("rollback")) {
            assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                        outbox.publish("rollback", "n", "never");
                        throw new IllegalStateException("the order can't be shipped");
                    }))
                    .isInstanceOf(IllegalStateException.class);
            transaction.executeWithoutResult(status -> {
                outbox.publish("rollback", "n", "nor this");
                status.setRollbackOnly();
            });
            outbox.publish("rollback", "n", "after");
            assertThat(next(stream, "n")).isEqualTo("after");
        }
    }

    @Test
    void eventsKeepTheirOrderInATransactionAndFromOneToTheNext() throws Exception {
        try (TestStream stream = listen("order")) {
            transaction.executeWithoutResult(
                    status -> IntStream.range(0, 250).forEach(i -> outbox.publish("order", "n", "" + i)));
            IntStream.range(250, 300)
                    .forEach(i -> transaction.executeWithoutResult(status -> outbox.publish("order", "n", "" + i)));
            for (int i = 0; i < 300; i++) {
                assertThat(next(stream, "n")).isEqualTo("" + i);
            }
        }
    }

    @Test
    void anEventThatIsInTheLogAlreadyIsNotPlacedTwice() throws Exception {
        try (TestStream stream = listen("twice")) {
            String key = "6f1c2c1e-0000-4000-8000-000000000001";
            hub.publish(Publication.to(ChannelName.of("twice"), "x").named("n").withKey("outbox:" + key))
                    .toCompletableFuture()
                    .join();
            jdbc.update(
                    "INSERT INTO millrace_outbox (event_key, channel, name, data) VALUES (?, 'twice', 'n', 'x')", key);
            outbox.publish("twice", "n", "after");
            assertThat(next(stream, "n")).isEqualTo("x");
            assertThat(next(stream, "n")).isEqualTo("after");
        }
    }

    @Test
    void whatAnotherProcessHasWrittenIsFoundByLooking() throws Exception {
        try (TestStream stream = listen("left")) {
            jdbc.update("INSERT INTO millrace_outbox (event_key, channel, name, data) VALUES ('k', 'left', 'n', 'x')");
            assertThat(next(stream, "n")).isEqualTo("x");
        }
    }

    @Test
    void aBroadcastGoesToAll() throws Exception {
        try (TestStream one = listen("one");
                TestStream two = listen("two")) {
            outbox.broadcast("all", "x");
            assertThat(List.of(next(one, "all"), next(two, "all"))).containsExactly("x", "x");
        }
    }

    @Test
    void aMistakeIsTheCallersAndNotTheRelays() {
        assertThatThrownBy(() -> outbox.publish("not a channel", "n", "x"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> outbox.publish("a", "n", "x".repeat(1025))).isInstanceOf(EventTooLargeException.class);
    }

    @Test
    void anEventThatTheHubWillNeverTakeIsSetAsideAndHoldsNobodyUp() throws Exception {
        String insert = "INSERT INTO millrace_outbox (event_key, channel, name, data) VALUES (?, 'refused', ?, ?)";
        try (TestStream stream = listen("refused")) {
            transaction.executeWithoutResult(status -> {
                outbox.publish("refused", "n", "1");
                jdbc.update(insert, "large", "n", "x".repeat(1025)); // as by a process with another limit
                outbox.publish("refused", "n", "2");
                jdbc.update(insert, "forged", "closing", "x"); // as by an earlier version
                outbox.publish("refused", "n", "3");
            });
            for (int i = 1; i <= 3; i++) {
                assertThat(next(stream, "n")).isEqualTo("" + i);
            }
        }
        await().untilAsserted(() -> assertThat(context.getBean(MeterRegistry.class)
                        .get("millrace.outbox.refused")
                        .functionCounter()
                        .count())
                .isEqualTo(2));
        assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM millrace_outbox", Integer.class))
                .isZero();
        assertThat(jdbc.queryForList("SELECT event_key, reason FROM millrace_outbox_refused ORDER BY id").stream()
                        .map(row -> row.get("event_key") + ": " + row.get("reason")))
                .satisfiesExactly(
                        large -> assertThat(large).startsWith("large: ").contains("1024"),
                        forged -> assertThat(forged).startsWith("forged: event must not be closing"));
        jdbc.update("DELETE FROM millrace_outbox_refused");
    }

    static String next(TestStream stream, String name) {
        try {
            return stream.next(name).data();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
