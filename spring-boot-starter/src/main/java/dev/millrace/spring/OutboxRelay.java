package dev.millrace.spring;

import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes events out of the outbox, in order, and publishes them, on a thread of its own.
 *
 * <p>The rows are locked while their events are published, and deleted when these are kept. Where several processes share a table the
 * first lock decides whose turn it is, so the order holds. A process that dies in between leaves the rows to the next, which publishes
 * them again with the same idempotency keys: a log that has them already places nothing twice.
 */
final class OutboxRelay implements SmartLifecycle {
    private static final System.Logger LOGGER = System.getLogger(OutboxRelay.class.getName());
    private static final int BATCH = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String SELECT =
            "SELECT id, event_key, channel, name, data FROM millrace_outbox ORDER BY id LIMIT " + BATCH + " FOR UPDATE";
    private static final String DELETE = "DELETE FROM millrace_outbox WHERE id = ?";

    /** A row of the table. */
    private record Row(long id, Publication publication) {}

    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;
    private final Hub hub;
    private final Duration poll;
    private final Semaphore wakeUps = new Semaphore(0);
    private final AtomicBoolean isRunning = new AtomicBoolean();
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
                isMore = Boolean.TRUE.equals(transaction.execute(status -> relay()));
            } catch (Throwable e) {
                LOGGER.log(System.Logger.Level.WARNING, "events stay in the outbox for now", e);
            }
            if (!isMore) {
                await();
            }
        }
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

    /** Publishes what is there; answers whether there may be more. */
    private boolean relay() {
        List<Row> rows = jdbc.query(
                SELECT,
                (row, number) -> new Row(
                        row.getLong("id"),
                        Publication.to(new ChannelName(row.getString("channel")), row.getString("data"))
                                .named(row.getString("name"))
                                .withKey("outbox:" + row.getString("event_key"))));
        if (rows.isEmpty()) {
            return false;
        }
        hub.publish(rows.stream().map(Row::publication).toList())
                .toCompletableFuture()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        jdbc.batchUpdate(
                DELETE, rows.stream().map(row -> new Object[] {row.id()}).toList());
        return rows.size() == BATCH;
    }
}
