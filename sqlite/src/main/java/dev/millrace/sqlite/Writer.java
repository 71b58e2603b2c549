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
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
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
 * <p>It takes all batches that wait, has them kept as one group, and when that is synced adds the events to the window,
 * answers the publishers and calls the follower, in this order. So publishers that come while a sync is under way share the
 * next one. Between two groups it does what it was asked for, settling and a step of the {@link Maintenance}.
 *
 * <p>A group that fails, its sync above all, is never tried again: its publishers are answered with the failure.
 */
final class Writer {
    private static final System.Logger LOGGER = System.getLogger(Writer.class.getName());
    private static final int MAX_GROUP_EVENTS = 4096;
    private static final long MAX_WAITING_BYTES = 64 * 1024 * 1024;

    /** How long the database stays behind the journal: other processes see what is older. */
    private static final long BEHIND_NANOS = 100_000_000;

    private static final long PAUSE_NANOS = 1_000_000_000; // after a failure

    /** A batch that waits for its group. */
    private record Waiting(List<Publication> batch, CompletableFuture<List<Receipt>> answer, long bytes) {}

    /** A batch that was written. */
    private record Written(Waiting waiting, Placer.Placed placed) {}

    private final Keeper keeper;
    private final Mark mark;
    private final EventWindow window;
    private final Traffic traffic;
    private final Thread thread = new Thread(this::run, "millrace-log-writer");
    private volatile EventLog.@Nullable Follower follower;
    private volatile LogFigures figures = LogFigures.NONE; // written by the thread only

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private List<Waiting> waiting = new ArrayList<>();
    private long waitingBytes;
    private final Errand settling = new Errand(lock, work);
    private final Errand trimming = new Errand(lock, work);
    private boolean isClosing;

    // on the thread only
    private boolean isMoreToMaintain;
    private boolean isFailing;
    private long dueNanos; // when the database is to be settled, where it is behind

    Writer(Keeper keeper, Mark mark, EventWindow window, Traffic traffic) {
        this.keeper = keeper;
        this.mark = mark;
        this.window = window;
        this.traffic = traffic;
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

    /** Asks for maintenance soon; completes when a step of it was done, or has failed. */
    CompletionStage<@Nullable Void> trim() {
        return trimming.ask();
    }

    /** Completes when the maintenance that was asked for is done. */
    CompletionStage<@Nullable Void> trimmed() {
        return trimming.pending();
    }

    /**
     * Completes when the database itself holds all that was answered until now, and the maintenance that was asked for is done: a
     * read then sees it. While the disk can't be written it completes without that.
     */
    CompletionStage<@Nullable Void> settled() {
        return trimmed()
                .thenCompose(trimmed -> keeper.settled() < window.last().offset()
                        ? settling.ask()
                        : CompletableFuture.completedFuture(null));
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
                boolean isTrimAsked = trimming.begin();
                settle(isTrimAsked);
                maintain(isTrimAsked);
            }
            keeper.end();
        } catch (Throwable e) {
            LOGGER.log(Level.ERROR, "the writer has failed", e);
            failAll(e);
        } finally {
            settling.close();
            trimming.close();
        }
    }

    private List<Waiting> take() throws InterruptedException {
        lock.lock();
        try {
            while (waiting.isEmpty() && !isAsked()) {
                if (!keeper.isBehind()) {
                    work.await();
                } else if (work.awaitNanos(dueNanos - System.nanoTime()) <= 0) {
                    break;
                }
            }
            List<Waiting> taken = waiting;
            waiting = new ArrayList<>();
            waitingBytes = 0;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private boolean isAsked() {
        return settling.isAsked() || trimming.isAsked() || isMoreToMaintain || isClosing;
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
        } catch (SQLException | IOException | DataDirectoryException e) {
            failed(e);
            if (group.size() > 1 && e instanceof SQLException cause && Sql.isDamage(cause)) {
                group.forEach(one -> commit(List.of(one))); // only those that touch what is damaged fail
            } else {
                LogUnavailableException failure = unavailable(e);
                group.forEach(one -> one.answer().completeExceptionally(failure));
            }
            return;
        }
        succeeded();
        traffic.committed();
        tell(written);
    }

    private void write(List<Waiting> group, List<Written> written) throws SQLException, IOException {
        long beginNanos = System.nanoTime();
        boolean wasBehind = keeper.isBehind();
        for (Waiting one : group) {
            try {
                written.add(new Written(one, keeper.place(one.batch())));
            } catch (KeyConflictException e) {
                one.answer().completeExceptionally(e); // nothing of this batch was placed
            }
        }
        keeper.sync();
        long endNanos = System.nanoTime();
        figures = figures.committed(endNanos - beginNanos);
        if (!wasBehind) {
            dueNanos = endNanos + BEHIND_NANOS;
        }
    }

    private void failed(Exception e) {
        if (!isFailing) {
            isFailing = true; // once, not for each publish while the disk is full
            LOGGER.log(Level.ERROR, "the log can't be written, and publishing fails until it can", e);
        }
        keeper.abandon();
        dueNanos = System.nanoTime() + PAUSE_NANOS;
    }

    private void succeeded() {
        isFailing &= keeper.isBehind(); // the journal may have room while the database has none
    }

    private void tell(List<Written> written) {
        List<Event> kept = new ArrayList<>();
        for (Written one : written) {
            one.placed().kept().forEach(placement -> kept.add(placement.event()));
        }
        Position before = window.last();
        window.add(kept);
        written.forEach(one -> one.waiting().answer().complete(one.placed().receipts()));
        EventLog.Follower toTell = follower;
        if (toTell != null) {
            written.forEach(one -> one.placed().passing().forEach(toTell::passing));
            if (!kept.isEmpty()) {
                toTell.appended(before, kept);
            }
        }
    }

    private void settle(boolean isTrimAsked) {
        boolean isAsked = settling.begin() || isTrimAsked || isMoreToMaintain;
        boolean isDue = dueNanos - System.nanoTime() <= 0;
        try {
            if (keeper.isBehind() && (isDue || (isAsked && !isFailing))) { // after a failure there is a pause
                keeper.settle();
                succeeded();
            } else if (keeper.isBehind() && !isFailing) {
                keeper.prepareToSettle();
            }
        } catch (SQLException | IOException | DataDirectoryException e) {
            failed(e);
        } finally {
            settling.end();
        }
    }

    private void maintain(boolean isAsked) {
        if (!isAsked && !isMoreToMaintain) {
            return;
        }
        isMoreToMaintain = false;
        try {
            if (!keeper.isBehind()) { // settling has failed otherwise
                isMoreToMaintain = keeper.maintain();
                if (isAsked) {
                    mark.sync();
                }
            }
        } catch (SQLException | IOException | DataDirectoryException e) {
            LOGGER.log(Level.WARNING, "maintenance failed, and is tried again", e);
            keeper.abandon();
        } finally {
            trimming.end();
        }
    }

    private LogUnavailableException unavailable(Exception e) {
        return new LogUnavailableException(
                keeper.isForWantOfRoom(e)
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
        } finally {
            lock.unlock();
        }
    }
}
