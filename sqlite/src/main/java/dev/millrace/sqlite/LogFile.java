package dev.millrace.sqlite;

import dev.millrace.log.Archive;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.ChannelSummary;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/**
 * The log of a data directory as an operator looks into it; a hub may be using it meanwhile. It only reads, but for one thing: what a
 * crash has left in the journal comes into the database. Not thread-safe.
 *
 * <p>It reads in small steps, so that a hub beside it is not kept from reusing SQLite's log. Every method throws
 * {@link DataDirectoryException} where the file can't be read.
 */
public final class LogFile implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(LogFile.class.getName());
    private static final int MAX_PAUSES = 50;
    private static final int PAUSE_MILLIS = 20;
    private static final int STEP_EVENTS = 1000;
    private static final long STEP_BYTES = 4 * 1024 * 1024;

    private final Database database;
    private final Optional<Position> acknowledged; // when this was opened
    private final Sql sql;
    private final Position last;

    private LogFile(Database database, Optional<Position> acknowledged, Sql sql) throws SQLException {
        this.database = database;
        this.acknowledged = acknowledged;
        this.sql = sql;
        this.last = end(sql);
        sql.commit();
    }

    /**
     * Opens the log of a directory.
     *
     * @throws DataDirectoryException where there is none that this program knows
     */
    public static LogFile open(Path directory) {
        Database database = new Database(directory);
        if (!database.exists()) {
            throw new DataDirectoryException(directory + " has no log: there is no " + database.file());
        }
        try {
            Connection connection = database.connectToRead();
            try {
                if (Schema.requireKnown(connection, database.file()) < Schema.VERSION) {
                    throw new DataDirectoryException(
                            database.file() + " is of an older version: start the hub on it once");
                }
                Optional<Position> acknowledged = Mark.read(directory);
                Sql sql = new Sql(connection);
                settle(directory, database, sql);
                return new LogFile(database, acknowledged, sql);
            } catch (SQLException | RuntimeException e) {
                connection.close();
                throw e;
            } catch (IOException e) {
                connection.close();
                throw new DataDirectoryException(Mark.in(directory) + " can't be read: " + e.getMessage(), e);
            }
        } catch (SQLException e) {
            throw unreadable(database, e);
        }
    }

    /** Sees to it that the database holds what was acknowledged until now: a running hub does that by itself in a moment. */
    private static void settle(Path directory, Database database, Sql sql) throws SQLException {
        try {
            List<Placement> missing = Journal.read(directory, end(sql));
            if (missing.isEmpty()) {
                return;
            }
            long newest = missing.get(missing.size() - 1).id();
            for (int i = 0; end(sql).offset() < newest && i < MAX_PAUSES; i++) {
                Thread.sleep(PAUSE_MILLIS);
            }
            if (end(sql).offset() < newest) {
                DirectoryLock lock = DirectoryLock.acquire(directory);
                try (Sql writing = new Sql(database.connectToWrite())) {
                    Opened.settle(directory, writing, Integer.MAX_VALUE);
                    Meta.set(writing, Meta.LIMIT, 0); // so that the hub holds every channel against its own
                    writing.commit();
                } catch (SQLException e) {
                    throw new IOException(e.getMessage(), e);
                } finally {
                    lock.close();
                }
            }
        } catch (IOException | DataDirectoryException e) {
            LOGGER.log(
                    Level.WARNING,
                    "the newest events, which only the journal holds, are left out: {0}",
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Position end(Sql sql) throws SQLException {
        sql.commit(); // so that it sees what was committed by now
        return new Position(Meta.get(sql, Meta.EPOCH), Session.lastId(sql));
    }

    /** The place of the newest event. */
    public Position last() {
        return last;
    }

    /** The place before the oldest event. */
    public Position beforeFirst() {
        return run(() -> last.at(sql.number("SELECT min(id) FROM event", last.offset() + 1) - 1));
    }

    /** Hands over what is kept of each channel, by name. */
    public void channels(Consumer<? super ChannelSummary> consumer) {
        String after = "";
        List<ChannelSummary> page;
        do {
            SummaryQuery query = new SummaryQuery("", after, STEP_EVENTS, last);
            page = run(() -> query.run(sql));
            page.forEach(consumer);
            after = page.isEmpty() ? "" : page.get(page.size() - 1).channel().value();
        } while (page.size() == STEP_EVENTS);
    }

    /** Hands over the events of these channels after a place, oldest first; what is damaged is passed over. */
    public void events(ChannelSet channels, Position after, Consumer<? super Event> consumer) {
        Position place = last.at(after.offset());
        while (place.isBefore(last)) {
            PageQuery query = new PageQuery(channels, place, last.offset(), STEP_EVENTS, STEP_BYTES, () -> 0);
            Archive.Page page = run(() -> query.run(sql));
            page.events().forEach(consumer);
            place = page.through();
        }
    }

    /** All channels, with the broadcasts and the hub's figures. */
    public static ChannelSet allChannels() {
        return ChannelSet.of("*", ChannelName.SYSTEM.value());
    }

    /**
     * Looks at every event and at the structure of the file.
     *
     * @param problems is told of each problem, in a sentence
     * @param progress is told how much is done, from 0 to 1
     */
    public void verify(Consumer<String> problems, DoubleConsumer progress) {
        Verification verification = new Verification(sql, beforeFirst(), last, problems, progress);
        run(() -> {
            verification.run(acknowledged);
            return last;
        });
    }

    private interface Reading<T> {
        T run() throws SQLException;
    }

    private <T> T run(Reading<T> reading) {
        try {
            T found = reading.run();
            sql.commit();
            return found;
        } catch (SQLException e) {
            throw unreadable(database, e);
        }
    }

    private static DataDirectoryException unreadable(Database database, SQLException e) {
        return new DataDirectoryException(database.file() + " can't be read: " + e.getMessage(), e);
    }

    @Override
    public void close() {
        try {
            sql.close();
        } catch (SQLException e) {
            throw unreadable(database, e);
        }
    }
}
