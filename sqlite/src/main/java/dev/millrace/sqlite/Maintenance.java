package dev.millrace.sqlite;

import dev.millrace.log.Retention;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done beside the traffic, in small transactions: drops what is too old or too much for the disk, forgets idempotency
 * keys, bookmarks and channels, and gives disk space back. On the writer's thread only, but for {@link #maxLost}.
 */
final class Maintenance {
    private static final int STEP_EVENTS = 500;
    private static final int STEP_KEYS = 1000;
    private static final int STEP_CHANNELS = 100;
    private static final int STEP_PAGES = 256;
    private static final int MAX_EMPTY_CHANNELS = 100_000;
    /** The file keeps so many free pages for the next events, or a quarter of its own where that is more. */
    private static final long FREE_PAGES = 1024;

    private final long maxDiskBytes;
    private final SqliteBookmarks bookmarks;
    private volatile long maxLost;
    private long stepsFrom; // the newest event when the last step was done
    private boolean hasGivenBack;
    private int checkedLimit; // the events per channel that all channels are known to keep to
    private long checkedChannel; // and the last one that was held against a smaller number

    Maintenance(long maxDiskBytes, SqliteBookmarks bookmarks, long maxLost) {
        this.maxDiskBytes = maxDiskBytes;
        this.bookmarks = bookmarks;
        this.maxLost = maxLost;
    }

    /** No event with a greater id than this was ever dropped. */
    long maxLost() {
        return maxLost;
    }

    /** Events up to this id are about to be dropped. */
    void lost(long id) {
        if (id > maxLost) {
            maxLost = id;
        }
    }

    /** Does a step of everything; answers whether there is more to do. */
    boolean step(Session session, Retention retention, long now) throws SQLException {
        Sql sql = session.sql;
        long last = session.placer.last().offset();
        int most = (int) Math.max(STEP_EVENTS, Math.min(10_000, 2 * (last - stepsFrom))); // faster than it grows
        stepsFrom = last;
        boolean isMore = dropOld(session, now - retention.age().toMillis(), most);
        isMore |= dropTooMuch(session, most);
        isMore |= checkLimit(session, retention.eventsPerChannel());
        isMore |= forgetKeys(sql, now - retention.keyWindow().toMillis());
        isMore |= forgetChannels(session);
        isMore |= bookmarks.write(sql, now);
        boolean isGivingBack = giveBack(sql);
        sql.commit();
        bookmarks.written();
        if (!isGivingBack && hasGivenBack) {
            sql.pragma("PRAGMA wal_checkpoint(PASSIVE)"); // cuts the file
        }
        hasGivenBack = isGivingBack;
        return isMore || isGivingBack;
    }

    /** Does what must not wait for the next start. */
    void end(Session session, long now) throws SQLException {
        Meta.set(session.sql, Meta.LAST, session.placer.last().offset());
        boolean isMore = true;
        while (isMore) {
            isMore = bookmarks.write(session.sql, now);
            session.sql.commit();
            bookmarks.written();
        }
    }

    private boolean dropOld(Session session, long oldestMillis, int most) throws SQLException {
        long through = 0;
        int count = 0;
        try (ResultSet oldest = session.sql.query("SELECT id, time FROM event ORDER BY id LIMIT ?", (long) most)) {
            while (oldest.next() && oldest.getLong(2) < oldestMillis) {
                through = oldest.getLong(1);
                count++;
            }
        }
        drop(session, through);
        return count == most;
    }

    /** Drops about as much of the oldest as the database is too large. */
    private boolean dropTooMuch(Session session, int most) throws SQLException {
        Sql sql = session.sql;
        long pages = sql.number("PRAGMA page_count", 0) - sql.number("PRAGMA freelist_count", 0);
        double excess = 1 - (double) maxDiskBytes / (pages * sql.number("PRAGMA page_size", 0));
        long oldest = sql.number("SELECT min(id) FROM event", 0);
        long newest = session.placer.last().offset();
        if (excess <= 0 || oldest == 0 || oldest == newest) { // the newest stays, however large
            return false;
        }
        long through = oldest + (long) (excess * (newest - oldest));
        long step = sql.number("SELECT max(id) FROM (SELECT id FROM event ORDER BY id LIMIT ?)", 0, (long) most);
        drop(session, Math.min(Math.min(through, step), newest - 1));
        return true;
    }

    private void drop(Session session, long through) throws SQLException {
        if (through > 0) {
            lost(through);
            Meta.set(session.sql, Meta.LAST, session.placer.last().offset()); // it may be the newest that goes
            session.channels.dropThrough(through);
        }
    }

    /** Where the limit is smaller than it was, or that is not known: holds every channel against it, a few at a time. */
    private boolean checkLimit(Session session, int eventsPerChannel) throws SQLException {
        if (checkedLimit == eventsPerChannel) {
            return false;
        }
        boolean isMore = false;
        long before = Meta.get(session.sql, Meta.LIMIT);
        if (checkedChannel > 0 || before == 0 || before > eventsPerChannel) {
            List<String> names = new ArrayList<>();
            try (ResultSet next = session.sql.query(
                    "SELECT id, name FROM channel WHERE id > ? ORDER BY id LIMIT ?", checkedChannel, (long)
                            STEP_CHANNELS)) {
                while (next.next()) {
                    checkedChannel = next.getLong(1);
                    names.add(next.getString(2));
                }
            }
            lost(session.channels.trim(names, eventsPerChannel));
            isMore = names.size() == STEP_CHANNELS;
        }
        if (!isMore) {
            Meta.set(session.sql, Meta.LIMIT, eventsPerChannel);
            checkedLimit = eventsPerChannel;
            checkedChannel = 0;
        }
        return isMore;
    }

    private static boolean forgetKeys(Sql sql, long oldestMillis) throws SQLException {
        return sql.update(
                        "DELETE FROM publish_key WHERE time < ?"
                                + " AND id IN (SELECT id FROM publish_key ORDER BY id LIMIT ?)",
                        oldestMillis,
                        (long) STEP_KEYS)
                == STEP_KEYS;
    }

    private static boolean forgetChannels(Session session) throws SQLException {
        Sql sql = session.sql;
        long excess = sql.number("SELECT count(*) FROM channel WHERE is_empty", 0) - MAX_EMPTY_CHANNELS;
        if (excess <= 0) {
            return false;
        }
        List<String> names = new ArrayList<>();
        long through = 0;
        try (ResultSet longest = sql.query(
                "SELECT name, lost_through FROM channel WHERE is_empty ORDER BY lost_through LIMIT ?",
                Math.min(excess, STEP_CHANNELS))) {
            while (longest.next()) {
                names.add(longest.getString(1));
                through = longest.getLong(2);
            }
        }
        for (String name : names) {
            sql.update("DELETE FROM channel WHERE name = ?", name);
        }
        session.channels.forget(names);
        Meta.set(sql, Meta.FORGOTTEN_THROUGH, Math.max(through, Meta.get(sql, Meta.FORGOTTEN_THROUGH)));
        return excess > STEP_CHANNELS;
    }

    private static boolean giveBack(Sql sql) throws SQLException {
        long free = sql.number("PRAGMA freelist_count", 0);
        if (free <= Math.max(FREE_PAGES, sql.number("PRAGMA page_count", 0) / 4)) {
            return false;
        }
        sql.run("PRAGMA incremental_vacuum(" + STEP_PAGES + ")");
        return true;
    }
}
