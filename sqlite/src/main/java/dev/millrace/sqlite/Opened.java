package dev.millrace.sqlite;

import dev.millrace.log.EventWindow;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Retention;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a log finds in its directory at the start, and what it decides from that: whether its life goes on or a new one begins.
 *
 * @param recent the newest events
 * @param maxLost no event with a greater id was ever dropped
 * @param earlier the earlier epochs, each with the id through which its events are still these
 */
record Opened(Recent recent, long maxLost, Map<Long, Long> earlier) {
    private static final System.Logger LOGGER = System.getLogger(Opened.class.getName());
    private static final int MAX_EARLIER = 100;
    private static final int READ_ONLY = 8;
    private static final int CANNOT_OPEN = 14;

    /**
     * Reads the database, makes or migrates it where need be, and begins a new epoch where something was lost.
     *
     * @param eventsPerChannel how many events are kept of each channel
     */
    static Opened read(Path directory, Database database, int eventsPerChannel, Clock clock) throws IOException {
        Optional<Position> acknowledged = Mark.read(directory);
        try (Sql sql = new Sql(database.connectToWrite())) {
            long epoch = Meta.get(sql, Meta.EPOCH);
            settle(directory, sql, eventsPerChannel);
            long end = Session.lastId(sql);
            Position last = new Position(epoch, end);
            boolean goesOn = epoch > 0
                    && acknowledged.isPresent()
                    && acknowledged.get().epoch() == epoch
                    && acknowledged.get().offset() <= end;
            if (!goesOn) {
                last = beginEpoch(sql, last, acknowledged, clock);
                try (Mark mark = Mark.open(directory)) {
                    mark.write(last);
                    mark.sync();
                }
            }
            return find(sql, last);
        } catch (SQLException e) {
            throw refused(database, e);
        }
    }

    /**
     * Brings into the database what a crash has left in the journal only; returns when the database is synced.
     *
     * @param eventsPerChannel how many events are kept of each channel
     */
    static void settle(Path directory, Sql sql, int eventsPerChannel) throws SQLException, IOException {
        if (!Files.exists(Journal.in(directory))) {
            return;
        }
        Position last = new Position(Meta.get(sql, Meta.EPOCH), Session.lastId(sql));
        List<Placement> missing = Journal.read(directory, last);
        try {
            ChannelRows channels = new ChannelRows(sql);
            Placer placer = new Placer(sql, channels, last, 0);
            for (Placement one : missing) {
                placer.insert(one);
            }
            channels.trim(eventsPerChannel);
            Meta.set(sql, Meta.LAST, placer.last().offset()); // what a killed process has written need not be synced
            sql.commit();
        } catch (SQLException e) {
            if (!Sql.isDamage(e)) {
                throw e;
            }
            LOGGER.log(Level.ERROR, "the database is damaged where events of the journal belong: these are lost", e);
            sql.prepareAnew();
            sql.rollback();
            return;
        }
        if (!missing.isEmpty()) {
            LOGGER.log(Level.INFO, "{0} events of the journal came into the database", missing.size());
        }
    }

    private static Position beginEpoch(Sql sql, Position found, Optional<Position> acknowledged, Clock clock)
            throws SQLException {
        Position mark = acknowledged.orElse(new Position(0, 0));
        if (found.epoch() > 0 || acknowledged.isPresent()) {
            LOGGER.log(
                    Level.WARNING,
                    "the log ends at {0}, but {1}: it has lost events, or is a copy, and begins a new epoch;"
                            + " listeners with older ids are told of a gap",
                    found,
                    acknowledged.isPresent() ? mark + " was acknowledged" : "what was acknowledged is not known");
        }
        long epoch = Math.max(MemoryLog.newEpoch(clock), 1 + Math.max(found.epoch(), mark.epoch()));
        Position begin = new Position(epoch, Math.max(found.offset(), mark.offset()));
        if (found.epoch() > 0) {
            sql.update("INSERT OR REPLACE INTO earlier_epoch VALUES (?, ?)", found.epoch(), found.offset());
            sql.update("DELETE FROM earlier_epoch WHERE epoch NOT IN"
                    + " (SELECT epoch FROM earlier_epoch ORDER BY epoch DESC LIMIT " + MAX_EARLIER + ")");
        }
        Meta.set(sql, Meta.EPOCH, begin.epoch());
        Meta.set(sql, Meta.LAST, begin.offset());
        sql.commit();
        return begin;
    }

    private static Opened find(Sql sql, Position last) throws SQLException {
        long maxLost =
                Math.max(Meta.get(sql, Meta.FORGOTTEN_THROUGH), sql.number("SELECT max(lost_through) FROM channel", 0));
        return new Opened(Recent.read(sql, last), maxLost, earlier(sql));
    }

    private static Map<Long, Long> earlier(Sql sql) throws SQLException {
        Map<Long, Long> earlier = new HashMap<>();
        try (ResultSet row = sql.query("SELECT epoch, shared_through FROM earlier_epoch")) {
            while (row.next()) {
                earlier.put(row.getLong(1), row.getLong(2));
            }
        }
        return earlier;
    }

    private static DataDirectoryException refused(Database database, SQLException e) {
        String file = database.file().toString();
        if (Sql.isDamage(e)) {
            return new DataDirectoryException(
                    file + " is damaged: restore it from a backup, or move it away to begin anew", e);
        }
        if (e.getErrorCode() == READ_ONLY || e.getErrorCode() == CANNOT_OPEN) {
            return new DataDirectoryException(
                    file + " can't be written: give the hub's user the right to, or name another directory", e);
        }
        if (Sql.isFull(e)) {
            return new DataDirectoryException("the disk of " + file + " is full: make room, and start again", e);
        }
        return new DataDirectoryException(file + " can't be used: " + e.getMessage(), e);
    }

    /** The place after which the next event comes. */
    Position last() {
        return recent.last();
    }

    /** A window with the newest events. */
    EventWindow window(Retention retention) {
        return recent.window(retention, earlier);
    }
}
