package dev.millrace.sqlite;

import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventWindow;
import dev.millrace.log.KeyConflictException;
import dev.millrace.log.LogFigures;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes.
 *
 * <p>It takes all batches that wait, writes them in one transaction, and when that is synced adds the events to the window,
 * answers the publishers and calls the follower, in this order. So publishers that come while a sync is under way share the
 * next one. Between two groups it does a step of the {@link Maintenance}.
 *
 * <p>A transaction that fails, its sync above all, is never tried again on the same connection: the group is answered with the
 * failure, and the next group begins with a new connection, which reads anew what the database holds.
 */
final class Writer {
    private static final System.Logger LOGGER = System.getLogger(Writer.class.getName());
    private static final int MAX_GROUP_EVENTS = 4096;
    private static final long MAX_WAITING_BYTES = 64 * 1024 * 1024;
    private static final int FULL = 13;

    /** A batch that waits for its group. */
    private record Waiting(List<Publication> batch, CompletableFuture<List<Receipt>> answer, long bytes) {}

    /** A batch that was written. */
    private record Written(Waiting waiting, Placer.Placed placed) {}

    private final Database database;
    private final Mark mark;
    private final EventWindow window;
    private final Maintenance maintenance;
    private final Traffic traffic;
    private final Clock clock;
    private final Clock ages;
    private final Thread thread = new Thread(this::run, "millrace-log-writer");
    private volatile Retention retention;
    private volatile EventLog.@Nullable Follower follower;
    private volatile LogFigures figures = LogFigures.NONE; // written by the thread only

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private List<Waiting> waiting = new ArrayList<>();
    private long waitingBytes;
    private @Nullable CompletableFuture<@Nullable Void> trim; // asked for
    private @Nullable CompletableFuture<@Nullable Void> trimming; // under way
    private boolean isClosing;

    // on the thread only
    private @Nullable Session session;
    private Position last;
    private boolean isMoreToMaintain;
    private boolean isFailing;

    Writer(
            Database database,
            Mark mark,
            EventWindow window,
            Maintenance maintenance,
            Traffic traffic,
            Retention retention,
            Clock clock,
            Clock ages) {
        this.database = database;
        this.mark = mark;
        this.window = window;
        this.last = window.last();
        this.maintenance = maintenance;
        this.traffic = traffic;
        this.retention = retention;
        this.clock = clock;
        this.ages = ages;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void follow(EventLog.Follower newFollower) {
        follower = newFollower;
    }

    EventLog.@Nullable Follower follower() {
        return follower;
    }

    LogFigures figures() {
        return figures;
    }

    void retention(Retention newRetention) {
        retention = newRetention;
    }

    // ---- on any thread ----

    CompletionStage<List<Receipt>> append(List<Publication> batch) {
        long bytes = 0;
        for (Publication publication : batch) {
            bytes += 200 + publication.data().length();
        }
        CompletableFuture<List<Receipt>> answer = new CompletableFuture<>();
        lock.lock();
        try {
            if (isClosing) {
                return CompletableFuture.failedFuture(new LogUnavailableException("the hub is stopping"));
            }
            if (waitingBytes > 0 && waitingBytes + bytes > MAX_WAITING_BYTES) {
                return CompletableFuture.failedFuture(new LogUnavailableException(
                        "the disk is slower than the publishers: wait for an answer before publishing more"));
            }
            waiting.add(new Waiting(batch, answer, bytes));
            waitingBytes += bytes;
            work.signal();
        } finally {
            lock.unlock();
        }
        return answer;
    }

    /** Asks for maintenance soon. */
    void trim() {
        lock.lock();
        try {
            if (trim == null && !isClosing) {
                trim = new CompletableFuture<>();
                work.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks for maintenance soon; completes when a step of it was done, or has failed. */
    CompletionStage<@Nullable Void> trimSoon() {
        trim();
        return trimmed();
    }

    /** Completes when a step of the maintenance that was asked for is done: a read then sees it. */
    CompletionStage<@Nullable Void> trimmed() {
        lock.lock();
        try {
            if (trim != null) {
                return trim;
            }
            return trimming == null ? CompletableFuture.completedFuture(null) : trimming;
        } finally {
            lock.unlock();
        }
    }

    /** Writes what waits, and ends. */
    void close() {
        lock.lock();
        try {
            isClosing = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        boolean isInterrupted = false;
        while (thread.isAlive() && !thread.equals(Thread.currentThread())) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- on the thread ----

    private void run() {
        try {
            while (true) {
                List<Waiting> group = take();
                if (group.isEmpty() && isOver()) {
                    break;
                }
                for (int from = 0; from < group.size(); ) {
                    int to = endOfGroup(group, from);
                    commit(group.subList(from, to));
                    from = to;
                }
                maintain();
            }
            finish();
        } catch (Throwable e) {
            LOGGER.log(Level.ERROR, "the writer has failed", e);
            failAll(e);
        }
    }

    private List<Waiting> take() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && trim == null && !isMoreToMaintain && !isClosing) {
                work.await();
            }
            List<Waiting> taken = waiting;
            waiting = new ArrayList<>();
            waitingBytes = 0;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            return isClosing && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private static int endOfGroup(List<Waiting> all, int from) {
        int events = 0;
        for (int to = from; to < all.size(); to++) {
            events += all.get(to).batch().size();
            if (events > MAX_GROUP_EVENTS && to > from) {
                return to;
            }
        }
        return all.size();
    }

    private void commit(List<Waiting> group) {
        List<Written> written = new ArrayList<>(group.size());
        try {
            write(group, written);
        } catch (SQLException | IOException e) {
            if (!isFailing) {
                isFailing = true; // once, not for each publish while the disk is full
                LOGGER.log(Level.ERROR, "the log can't be written, and publishing fails until it can", e);
            }
            abandonSession();
            if (group.size() > 1 && e instanceof SQLException cause && Sql.isDamage(cause)) {
                group.forEach(one -> commit(List.of(one))); // only those that touch what is damaged fail
            } else {
                LogUnavailableException failure = unavailable(e);
                group.forEach(one -> one.answer().completeExceptionally(failure));
            }
            return;
        }
        isFailing = false;
        traffic.committed();
        tell(written);
    }

    private void write(List<Waiting> group, List<Written> written) throws SQLException, IOException {
        long beginNanos = System.nanoTime();
        Session open = session();
        long now = clock.millis();
        long age = ages.millis();
        for (Waiting one : group) {
            try {
                written.add(new Written(one, open.placer.place(one.batch(), now, age)));
            } catch (KeyConflictException e) {
                one.answer().completeExceptionally(e); // nothing of this batch was placed
            }
        }
        maintenance.lost(open.channels.trim(retention.eventsPerChannel()));
        open.sql.commit(); // returns when it is synced
        if (!open.placer.last().equals(last)) {
            last = open.placer.last();
            mark.write(last);
        }
        figures = figures.committed(System.nanoTime() - beginNanos);
    }

    private void tell(List<Written> written) {
        List<Event> kept = new ArrayList<>();
        List<Event> passing = new ArrayList<>(0);
        for (Written one : written) {
            one.placed().events().forEach(event -> (event.isKept() ? kept : passing).add(event));
        }
        Position before = window.last();
        window.add(kept);
        written.forEach(one -> one.waiting().answer().complete(one.placed().receipts()));
        EventLog.Follower toTell = follower;
        if (toTell != null) {
            passing.forEach(toTell::passing);
            if (!kept.isEmpty()) {
                toTell.appended(before, kept);
            }
        }
    }

    private void maintain() {
        CompletableFuture<@Nullable Void> asked;
        lock.lock();
        try {
            asked = trim;
            trimming = asked;
            trim = null;
        } finally {
            lock.unlock();
        }
        if (asked == null && !isMoreToMaintain) {
            return;
        }
        try {
            isMoreToMaintain = maintenance.step(session(), retention, ages.millis());
            if (asked != null) {
                mark.sync();
            }
        } catch (SQLException | IOException e) {
            isMoreToMaintain = false;
            LOGGER.log(Level.WARNING, "maintenance failed, and is tried again", e);
            abandonSession();
        } finally {
            if (asked != null) {
                asked.complete(null);
            }
        }
    }

    private Session session() throws SQLException {
        Session open = session;
        if (open == null) {
            open = new Session(database, last, retention.keyWindow().toMillis());
            session = open;
        }
        return open;
    }

    private void abandonSession() {
        Session open = session;
        session = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                LOGGER.log(Level.WARNING, "closing the failed connection", e);
            }
        }
    }

    private static LogUnavailableException unavailable(Exception e) {
        boolean isFull = e instanceof SQLException cause && cause.getErrorCode() == FULL;
        return new LogUnavailableException(
                isFull
                        ? "the disk of the data directory is full: nothing was published"
                        : "the history can't be written, nothing was published: " + e.getMessage(),
                e);
    }

    private void failAll(Throwable cause) {
        LogUnavailableException failure = new LogUnavailableException("the log has failed: restart the hub", cause);
        lock.lock();
        try {
            isClosing = true;
            waiting.forEach(one -> one.answer().completeExceptionally(failure));
            waiting.clear();
            if (trim != null) {
                trim.complete(null);
            }
        } finally {
            lock.unlock();
        }
    }

    private void finish() throws SQLException, IOException {
        try (Session open = session()) {
            maintenance.end(open, ages.millis());
            open.sql.pragma("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        mark.sync();
    }
}
