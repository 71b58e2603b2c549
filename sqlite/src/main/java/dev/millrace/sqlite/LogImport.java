package dev.millrace.sqlite;

import dev.millrace.log.Event;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;

/**
 * Adds events from elsewhere to the log of a data directory, as the newest ones, with the times that they had. Not thread-safe.
 *
 * <p>No hub may use the directory meanwhile. What is closed before the end has kept what came before. The next start of a hub drops
 * what its retention does not keep.
 */
public final class LogImport implements AutoCloseable {
    private static final int STEP_EVENTS = 2000;

    private final DirectoryLock lock;
    private final Database database;
    private final Session session;
    private final Mark mark;
    private Position last;
    private int uncommitted;

    private LogImport(DirectoryLock lock, Database database, Session session, Mark mark, Position last) {
        this.lock = lock;
        this.database = database;
        this.session = session;
        this.mark = mark;
        this.last = last;
    }

    /**
     * Opens the log of a directory, which is made where it is not there.
     *
     * @throws DataDirectoryException if the directory can't be used
     */
    public static LogImport open(Path directory, Clock clock) {
        DirectoryLock lock = DirectoryLock.acquire(directory);
        Database database = new Database(directory);
        try {
            Position last =
                    Opened.read(directory, database, Integer.MAX_VALUE, clock).last();
            Files.deleteIfExists(Journal.in(directory)); // what was in it is in the database by now
            return new LogImport(lock, database, new Session(database, last, List.of(), 0), Mark.open(directory), last);
        } catch (IOException | SQLException e) {
            lock.close();
            throw new DataDirectoryException(database.file() + " can't be used: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Adds an event that was published at this time, in milliseconds since 1970. */
    public void add(Publication publication, long timeMillis) {
        run(() -> {
            last = last.at(last.offset() + 1);
            session.placer.insert(Placement.withoutKey(
                    new Event(last, publication.channel(), publication.name(), publication.data(), timeMillis, true)));
            if (++uncommitted == STEP_EVENTS) {
                commit();
            }
        });
    }

    private void commit() throws SQLException, IOException {
        uncommitted = 0;
        session.channels.trim(Integer.MAX_VALUE); // trims nothing, and forgets which were added to
        Meta.set(session.sql, Meta.LIMIT, 0); // so that the hub holds every channel against its own
        session.sql.commit();
        mark.write(last);
    }

    private interface Step {
        void run() throws SQLException, IOException;
    }

    private void run(Step step) {
        try {
            step.run();
        } catch (SQLException | IOException e) {
            throw new DataDirectoryException(database.file() + " can't be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            run(() -> {
                commit();
                session.sql.pragma("PRAGMA wal_checkpoint(TRUNCATE)");
                mark.sync();
            });
        } finally {
            run(session::close);
            run(mark::close);
            lock.close();
        }
    }
}
