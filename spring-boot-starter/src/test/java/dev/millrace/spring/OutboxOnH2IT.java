package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.log.EventLog;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Retention;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;

/** The outbox on H2, and while the log is away. */
class OutboxOnH2IT extends OutboxContract {
    private static final AtomicBoolean IS_AWAY = new AtomicBoolean();
    private static final AtomicInteger TRIES = new AtomicInteger();

    /** An application whose log is away at times. */
    @EnableAutoConfiguration
    static class AwayApp {
        @Bean
        EventLog log() {
            EventLog log = new MemoryLog(Retention.standard(), Clock.systemUTC());
            return (EventLog) Proxy.newProxyInstance(
                    EventLog.class.getClassLoader(), new Class<?>[] {EventLog.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("append") && IS_AWAY.get()) {
                            TRIES.incrementAndGet();
                            return CompletableFuture.failedFuture(new LogUnavailableException("the log is away"));
                        }
                        return method.invoke(log, arguments);
                    });
        }
    }

    @Override
    String databaseUrl() {
        return "jdbc:h2:mem:outbox;DB_CLOSE_DELAY=-1";
    }

    @Test
    void whileTheLogIsAwayAllWaitInTheirOrder() throws Exception {
        IS_AWAY.set(true);
        try (ConfigurableApplicationContext context = TestApp.run(
                        AwayApp.class,
                        "spring.datasource.url=jdbc:h2:mem:away;DB_CLOSE_DELAY=-1",
                        "millrace.outbox.enabled=true",
                        "millrace.outbox.poll=50ms");
                TestStream stream = TestStream.open(TestApp.port(context), "/millrace/events/away")) {
            stream.next("connected");
            for (int i = 1; i <= 3; i++) {
                context.getBean(Outbox.class).publish("away", "n", "" + i);
            }
            int before = TRIES.get();
            await().until(() -> TRIES.get() > before + 1);
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM millrace_outbox", Integer.class))
                    .isEqualTo(3);
            IS_AWAY.set(false);
            for (int i = 1; i <= 3; i++) {
                assertThat(next(stream, "n")).isEqualTo("" + i);
            }
            assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM millrace_outbox_refused", Integer.class))
                    .isZero();
        }
    }
}
