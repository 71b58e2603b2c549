package dev.millrace.sqlite;

import dev.millrace.log.LogUnavailableException;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that read, each on a connection of its own.
 *
 * <p>A read that fails is tried again, on a new connection, until it succeeds: to its reader it is only slow. It fails where the
 * database is damaged beyond what a query can pass over, and when this is closed.
 */
final class Readers implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Readers.class.getName());
    private static final int THREADS = 2;
    private static final long MAX_PAUSE_MILLIS = 1000;

    /** A read on one state of the database. */
    interface Query<T> {
        T run(Sql sql) throws SQLException;
    }

    private record Task<T>(Query<T> query, CompletableFuture<T> answer) {}

    private final Database database;
    private final LinkedBlockingQueue<Task<?>> tasks = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean isClosed;

    Readers(Database database) {
        this.database = database;
        for (int i = 1; i <= THREADS; i++) {
            Thread thread = new Thread(this::run, "millrace-log-reader-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    <T> CompletionStage<T> read(Query<T> query) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        tasks.add(new Task<>(query, answer));
        if (isClosed) {
            failAll();
        }
        return answer;
    }

    private void run() {
        Connected connected = new Connected();
        try {
            while (!isClosed) {
                answer(tasks.take(), connected);
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
            } catch (RuntimeException e) {
                connected.close(); // whatever it left open
                task.answer().completeExceptionally(e);
                return;
            }
        }
    }

    private void failAll() {
        for (Task<?> task = tasks.poll(); task != null; task = tasks.poll()) {
            task.answer().completeExceptionally(new LogUnavailableException("the hub is stopping"));
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
