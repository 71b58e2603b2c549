package dev.millrace.spring;

import dev.millrace.hub.EventTooLargeException;
import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.log.KeyConflictException;
import dev.millrace.log.Publication;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes events out of the outbox, in order, and publishes them, on a thread of its own.
 *
 * <p>The rows are locked while their events are published, and deleted when these are kept. Where several processes share a table the
 * first lock decides whose turn it is, so the order holds. A process that dies in between leaves the rows to the next, which publishes
 * them again with the same idempotency keys: a log that has them already places nothing twice.
 *
 * <p>While the log is away all rows wait, in their order. One that the hub refuses would never go out, and hold up all behind it: it is
 * moved to a table of its own.
 */
final class OutboxRelay implements SmartLifecycle {
    private static final System.Logger LOGGER = System.getLogger(OutboxRelay.class.getName());
    private static final int BATCH = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SELECT =
            "SELECT id, event_key, channel, name, data FROM millrace_outbox ORDER BY id LIMIT " + BATCH + " FOR UPDATE";
    private static final String DELETE = "DELETE FROM millrace_outbox WHERE id = ?";
    private static final String SET_ASIDE =
            "INSERT INTO millrace_outbox_refused (event_key, channel, name, data, reason) VALUES (?, ?, ?, ?, ?)";

    /** A row of the table. */
    private record Row(long id, String key, String channel, String name, String data) {
        Publication publication() {
            return Publication.to(new ChannelName(channel), data).named(name).withKey("outbox:" + key);
        }
    }

    /** A row that the hub does not take, and why. */
    private record Refusal(Row row, String reason) {}

    /** What was done in one transaction, and whether there may be more to do. */
    private record Turn(List<Refusal> refusals, boolean isMore) {}

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Hub hub;
    private final Duration poll;
    private final Semaphore wakeUps = new Semaphore(0);
    private final AtomicBoolean isRunning = new AtomicBoolean();
    private final LongAdder refused = new LongAdder();
    private Thread thread = new Thread(this::run);

    OutboxRelay(JdbcTemplate jdbc, TransactionTemplate transaction, Hub hub, Duration poll) {
        this.jdbc = jdbc;
        this.transaction = transaction;
        this.hub = hub;
        this.poll = poll;
    }

    /** There may be something to publish. */
    void wake() {
        wakeUps.release();
    }

    /** How many rows this process has set aside. */
    long refusedCount() {
        return refused.sum();
    }

    @Override
    public void start() {
        if (isRunning.compareAndSet(false, true)) {
            thread = new Thread(this::run, "millrace-outbox");
            thread.setDaemon(true);
            thread.start();
        }
    }

    @Override
    public boolean isRunning() {
        return isRunning.get();
    }

    @Override
    public void stop() {
        isRunning.set(false);
        wake();
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (isRunning.get()) {
            boolean isMore = false;
            try {
                Turn turn = Objects.requireNonNull(transaction.execute(status -> relay()));
                turn.refusals().forEach(this::tell); // once, and not in a turn that is rolled back
                isMore = turn.isMore();
            } catch (Throwable e) {
                LOGGER.log(System.Logger.Level.WARNING, "events stay in the outbox for now", e);
            }
            if (!isMore) {
                await();
            }
        }
    }

    private void tell(Refusal refusal) {
        refused.increment();
        LOGGER.log(
                System.Logger.Level.ERROR,
                "an event of the outbox was refused, and is in millrace_outbox_refused now, key {0}, channel {1}: {2}",
                refusal.row().key(),
                refusal.row().channel(),
                refusal.reason());
    }

    private void await() {
        try {
            if (wakeUps.tryAcquire(poll.toMillis(), TimeUnit.MILLISECONDS)) {
                wakeUps.drainPermits();
            }
        } catch (InterruptedException e) {
            isRunning.set(false);
            Thread.currentThread().interrupt();
        }
    }

    /** Publishes what is there. */
    private Turn relay() {
        List<Row> rows = jdbc.query(
                SELECT,
                (row, number) -> new Row(
                        row.getLong("id"),
                        row.getString("event_key"),
                        row.getString("channel"),
                        row.getString("name"),
                        row.getString("data")));
        List<Refusal> refusals = publish(rows);
        refusals.forEach(this::setAside);
        jdbc.batchUpdate(
                DELETE, rows.stream().map(row -> new Object[] {row.id()}).toList());
        return new Turn(refusals, rows.size() == BATCH);
    }

    /** Publishes rows together; where the hub refuses one of them, by halves. Answers those that it refuses. */
    private List<Refusal> publish(List<Row> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        try {
            hub.publish(rows.stream().map(Row::publication).toList())
                    .toCompletableFuture()
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return List.of();
        } catch (RuntimeException e) {
            Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            if (!isRefusal(cause)) {
                throw e;
            }
            int half = rows.size() / 2;
            return half == 0
                    ? List.of(new Refusal(rows.get(0), String.valueOf(cause.getMessage())))
                    : Stream.of(rows.subList(0, half), rows.subList(half, rows.size()))
                            .flatMap(part -> publish(part).stream())
                            .toList();
        }
    }

    /** Whether it is the event's own fault, so that it will never be taken. */
    private static boolean isRefusal(Throwable cause) {
        return cause instanceof IllegalArgumentException
                || cause instanceof EventTooLargeException
                || cause instanceof KeyConflictException;
    }

    private void setAside(Refusal refusal) {
        Row row = refusal.row();
        jdbc.update(SET_ASIDE, row.key(), row.channel(), row.name(), row.data(), refusal.reason());
    }
}
