package dev.millrace.spring;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.ChannelSummary;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application in a process of its own: it puts numbers into a table, one a transaction, with an event of each, and says which are
 * committed, until it is killed; or does so once.
 */
@EnableAutoConfiguration
@Import(TestApp.Open.class)
class OutboxProcess {
    static final String CHANNEL = "numbers";

    /** A log that has stopped to answer, as one whose disk or Redis hangs. */
    static class Stuck {
        @Bean(destroyMethod = "")
        EventLog log() {
            return new StuckLog();
        }
    }

    public static void main(String[] args) {
        boolean isStuck = args[0].equals("stuck");
        Class<?>[] sources =
                isStuck ? new Class<?>[] {OutboxProcess.class, Stuck.class} : new Class<?>[] {OutboxProcess.class};
        ConfigurableApplicationContext context = new SpringApplication(sources)
                .run(List.of(args).subList(1, args.length).toArray(String[]::new));
        Outbox outbox = context.getBean(Outbox.class);
        JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
        TransactionTemplate transaction = context.getBean(TransactionTemplate.class);
        jdbc.execute("CREATE TABLE IF NOT EXISTS numbers (n INT PRIMARY KEY)");
        System.out.println("port " + TestApp.port(context));
        Integer last = jdbc.queryForObject("SELECT COALESCE(MAX(n), 0) FROM numbers", Integer.class);
        boolean isMore = true;
        for (int n = (last == null ? 0 : last) + 1; isMore; n++) {
            isMore = !args[0].equals("once");
            int number = n;
            transaction.executeWithoutResult(status -> {
                jdbc.update("INSERT INTO numbers VALUES (?)", number);
                outbox.publish(CHANNEL, "n", "" + number);
            });
            System.out.println("committed " + number);
        }
    }

    /** Takes events and never says that it keeps them. */
    private static final class StuckLog implements EventLog {
        private final MemoryLog under = new MemoryLog(Retention.standard(), Clock.systemUTC());

        @Override
        public CompletionStage<List<Receipt>> append(List<Publication> publications) {
            return new CompletableFuture<>();
        }

        @Override
        public Position last() {
            return under.last();
        }

        @Override
        public CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready) {
            return under.open(channels, start, ready);
        }

        @Override
        public Cursor tail(Position after) {
            return under.tail(after);
        }

        @Override
        public void follow(Follower follower) {
            under.follow(follower);
        }

        @Override
        public CompletionStage<List<ChannelSummary>> channels(String prefix, String after, int limit) {
            return under.channels(prefix, after, limit);
        }

        @Override
        public void trim() {}

        @Override
        public void close() {}
    }
}
