package dev.millrace.sqlite;

import dev.millrace.log.LogUnavailableException;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Two threads that read, each on a connection of its own: one reads pages of the history, the other all that is short.
 *
 * <p>One stream, or a thousand, that read on and on keep one core busy at the most. While events are being published they take an
 * eighth of the machine's processors at the most, by a {@link Ration}, so that live events find a core.
 *
 * <p>A read that fails is tried again, on a new connection, until it succeeds: to its reader it is only slow. It fails where the
 * database is damaged beyond what a query can pass over, and when this is closed.
 */
final class Readers implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Readers.class.getName());
    /** With so many processors nobody waits for the thread that reads pages; with fewer it rests. */
    private static final double ENOUGH_PROCESSORS = 8;

    private static final long MOST_SAVED_NANOS = 20_000_000; // a few thousand events: only long reading is held back
    private static final long MOST_REST_NANOS = 50_000_000;
    private static final long MAX_PAUSE_MILLIS = 1000;

    /** A read on one state of the database. */
    interface Query<T> {
        T run(Sql sql) throws SQLException;
    }

    private record Task<T>(Query<T> query, CompletableFuture<T> answer) {}

    private final Database database;
    private final Query<?> first;
    private final BooleanSupplier isLive;
    private final LinkedBlockingQueue<Task<?>> looks = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Task<?>> pages = new LinkedBlockingQueue<>();
    private final List<Thread> threads;
    private volatile boolean isClosed;

    /**
     * @param first what each thread reads before anyone asks
     * @param isLive whether events are being published
     */
    Readers(Database database, Query<?> first, BooleanSupplier isLive) {
        this.database = database;
        this.first = first;
        this.isLive = isLive;
        threads = List.of(
                new Thread(() -> run(looks, false), "millrace-log-reader-1"),
                new Thread(() -> run(pages, true), "millrace-log-reader-2"));
        threads.forEach(thread -> thread.setDaemon(true));
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Reads something short. */
    <T> CompletionStage<T> read(Query<T> query) {
        return read(query, looks);
    }

    /** Reads a page of the history, after the pages that were asked for before. */
    <T> CompletionStage<T> readPage(Query<T> query) {
        return read(query, pages);
    }

    private <T> CompletionStage<T> read(Query<T> query, LinkedBlockingQueue<Task<?>> tasks) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        tasks.add(new Task<>(query, answer));
        if (isClosed) {
            failAll();
        }
        return answer;
    }

    private void run(LinkedBlockingQueue<Task<?>> tasks, boolean isResting) {
        Connected connected = new Connected();
        try {
            connected.warm();
            double share = Math.min(1, Runtime.getRuntime().availableProcessors() / ENOUGH_PROCESSORS);
            Ration ration = new Ration(share, MOST_SAVED_NANOS, MOST_REST_NANOS, System.nanoTime());
            while (!isClosed) {
                Task<?> task = tasks.take();
                long beginNanos = System.nanoTime();
                answer(task, connected);
                if (isResting && isLive.getAsBoolean()) {
                    LockSupport.parkNanos(ration.rest(beginNanos, System.nanoTime()));
                }
            }
        } catch (InterruptedException e) {
            // closed
        } finally {
            connected.close();
            failAll();
        }
    }

    private <T> void answer(Task<T> task, Connected connected) throws InterruptedException {
        for (long pause = 10; ; pause = Math.min(MAX_PAUSE_MILLIS, 2 * pause)) {
            try {
                Sql sql = connected.open();
                T found = task.query().run(sql);
                connected.endView();
                task.answer().complete(found);
                return;
            } catch (SQLException e) {
                connected.close();
                if (isClosed) {
                    task.answer().completeExceptionally(new LogUnavailableException("the hub is stopping"));
                    return;
                }
                if (Sql.isHopeless(e)) {
                    LOGGER.log(Level.ERROR, "reading the log fails", e);
                    task.answer()
                            .completeExceptionally(
                                    new LogUnavailableException("the history can't be read: " + e.getMessage(), e));
                    return;
                }
                LOGGER.log(Level.WARNING, "reading the log fails, and is tried again", e);
                Thread.sleep(pause);
            } catch (RuntimeException | Error e) {
                connected.close(); // whatever it left open
                task.answer().completeExceptionally(e);
                return;
            }
        }
    }

    private void failAll() {
        for (LinkedBlockingQueue<Task<?>> tasks : List.of(looks, pages)) {
            for (Task<?> task = tasks.poll(); task != null; task = tasks.poll()) {
                task.answer().completeExceptionally(new LogUnavailableException("the hub is stopping"));
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        threads.forEach(Thread::interrupt);
        boolean isInterrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive() && !thread.equals(Thread.currentThread())) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                }
            }
        }
        failAll();
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The connection of one thread. */
    private final class Connected {
        private @Nullable Sql sql;

        Sql open() throws SQLException {
            Sql open = sql;
            if (open == null) {
                open = new Sql(database.connectToRead());
                sql = open;
            }
            return open;
        }

        /** Connects, and reads as the first reader will, so that this one does not wait for what is done once only. */
        void warm() {
            try {
                first.run(open());
                endView();
            } catch (SQLException | RuntimeException e) {
                close(); // whoever reads next finds out, and tells
            }
        }

        /** The next read sees the database as it is then. */
        void endView() {
            try {
                open().rollback();
            } catch (SQLException e) {
                close(); // as after damage that the query passed over
            }
        }

        void close() {
            Sql open = sql;
            sql = null;
            if (open != null) {
                try {
                    open.close();
                } catch (SQLException e) {
                    LOGGER.log(Level.WARNING, "closing a connection", e);
                }
            }
        }
    }
}
