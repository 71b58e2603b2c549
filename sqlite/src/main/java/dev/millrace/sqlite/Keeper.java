package dev.millrace.sqlite;

import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Retention;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is published: first every batch of a group is placed, then one {@link #sync} has all of them on disk.
 *
 * <p>Each event becomes a row of the open transaction of the database, and its group a record of the {@link Journal}, which is one
 * short write. When the journal is full the group's sync is the commit of that transaction instead, and the journal begins
 * anew; {@link #settle} does the same when the first event has been there for a moment, or when anyone is to read the database. The more
 * events a commit holds, the fewer pages it writes for each.
 *
 * <p>A transaction that fails is never tried again on the same connection. After {@link #abandon} the next call begins with a new
 * one, which reads anew what the database holds; what was acknowledged and is not there is placed again. Not thread-safe, but
 * for what says so.
 */
final class Keeper {
    private static final System.Logger LOGGER = System.getLogger(Keeper.class.getName());

    private final Database database;
    private final Journal journal;
    private final Mark mark;
    private final Maintenance maintenance;
    private final Clock clock;
    private final Clock ages;
    private volatile Retention retention;

    private @Nullable Session session;
    private final List<Placement> group = new ArrayList<>(); // placed, and not on disk yet
    private final List<Placement> behind = new ArrayList<>(); // in the journal, and in no commit of the database
    private volatile long settled;
    private volatile boolean hasSurplus; // a channel in the database holds more than is kept of it
    private boolean isMarkFailing;
    private Position last;

    /**
     * @param last the place of the newest event, which the database holds
     */
    Keeper(
            Database database,
            Journal journal,
            Mark mark,
            Maintenance maintenance,
            Retention retention,
            Position last,
            Clock clock,
            Clock ages) {
        this.database = database;
        this.journal = journal;
        this.mark = mark;
        this.maintenance = maintenance;
        this.retention = retention;
        this.last = last;
        this.settled = last.offset();
        this.clock = clock;
        this.ages = ages;
    }

    /** Keeps by another rule from now on. Thread-safe. */
    void retention(Retention newRetention) {
        retention = newRetention;
    }

    /** The id through which the database itself holds what is kept. Thread-safe. */
    long settled() {
        return settled;
    }

    /** Whether the database, as far as it is settled, holds of each channel what is kept of it, and no more. Thread-safe. */
    boolean isExact() {
        return !hasSurplus;
    }

    /**
     * Gives a batch its places; it is kept only after {@link #sync}.
     *
     * @throws dev.millrace.log.KeyConflictException before anything of the batch is placed
     */
    Placer.Placed place(List<Publication> batch) throws SQLException, IOException {
        Placer.Placed placed = session().placer.place(batch, clock.millis(), ages.millis());
        group.addAll(placed.kept());
        return placed;
    }

    /** Returns when all that was placed is on disk. */
    void sync() throws SQLException, IOException {
        if (group.isEmpty()) {
            return;
        }
        if (journal.append(group)) {
            behind.addAll(group);
            hasSurplus |= session().channels.hasSurplus(retention.eventsPerChannel());
        } else {
            commit(session());
        }
        last = group.get(group.size() - 1).event().position();
        group.clear();
        acknowledge();
    }

    /** Writes the mark. One that is too old may fail to notice a loss, but loses nothing: what is on disk by now is acknowledged. */
    private void acknowledge() {
        try {
            mark.write(last);
            isMarkFailing = false;
        } catch (IOException e) {
            if (!isMarkFailing) {
                isMarkFailing = true;
                LOGGER.log(
                        Level.ERROR,
                        "what was acknowledged can't be noted: should the log lose its end, that is not noticed",
                        e);
            }
        }
    }

    /** Whether there is anything to settle. */
    boolean isBehind() {
        return !behind.isEmpty();
    }

    /** Commits what only the journal holds. */
    void settle() throws SQLException, IOException {
        commit(session());
    }

    /** Does a part of what the next commit has to do, so that it holds up the publishers for less long. */
    void prepareToSettle() throws SQLException, IOException {
        maintenance.lost(session().channels.trimSurplus(retention.eventsPerChannel()));
    }

    private void commit(Session open) throws SQLException, IOException {
        maintenance.lost(open.channels.trim(retention.eventsPerChannel()));
        open.sql.commit(); // returns when it is synced
        settled = open.placer.last().offset();
        hasSurplus = false;
        behind.clear();
        journal.rewind();
    }

    /** Does a step of the maintenance, once all is settled; answers whether there is more to do. */
    boolean maintain() throws SQLException, IOException {
        return maintenance.step(session(), retention, ages.millis());
    }

    private Session session() throws SQLException, IOException {
        Session open = session;
        if (open == null) {
            open = new Session(database, last, behind, retention.keyWindow().toMillis());
            session = open;
            if (journal.hasFailed()) {
                commit(open); // what it holds can't be relied on
            }
        }
        return open;
    }

    /** Whether a failure was for want of room on the disk. */
    boolean isForWantOfRoom(Exception e) {
        return e instanceof SQLException cause ? Sql.isFull(cause) : database.isDiskFull();
    }

    /** After a failure: forgets what was placed since the last sync, and the connection. */
    void abandon() {
        group.clear();
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

    /** Settles, and brings everything into the database file itself. */
    void end() throws SQLException, IOException {
        try (Session open = session()) {
            open.channels.trim(retention.eventsPerChannel());
            maintenance.end(open, ages.millis());
            open.sql.pragma("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        mark.sync();
        journal.delete();
    }
}
