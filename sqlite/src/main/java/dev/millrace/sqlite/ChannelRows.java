package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of the channels, as the writer uses them: those used last are kept in memory. Not thread-safe.
 *
 * <p>A transaction leaves every channel that it added to within its limit, and {@code lost_through} exact. All that is in
 * memory follows from the database, so it goes with its connection where a transaction fails.
 */
final class ChannelRows {
    private static final System.Logger LOGGER = System.getLogger(ChannelRows.class.getName());
    private static final int CAPACITY = 100_000;
    private static final int LOOK_AHEAD = 64;
    /** So many events too many are worth a statement of their own. */
    private static final int SURPLUS = 16;

    private static final int MAX_DROPPED_AT_ONCE = 10_000; // only after the limit became smaller are there more

    private final Sql sql;
    private final List<ChannelRow> touched = new ArrayList<>();
    private final Map<String, ChannelRow> used = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ChannelRow> eldest) {
            return size() > CAPACITY && !eldest.getValue().isTouched;
        }
    };

    ChannelRows(Sql sql) {
        this.sql = sql;
    }

    /** The row of a channel, which is made where there is none. */
    ChannelRow of(ChannelName name) throws SQLException {
        ChannelRow row = used.get(name.value());
        if (row == null) {
            row = find(name);
            used.put(name.value(), row);
        }
        return row;
    }

    private ChannelRow find(ChannelName name) throws SQLException {
        long id;
        long lostThrough;
        boolean isEmpty;
        try (ResultSet found =
                sql.query("SELECT id, lost_through, is_empty FROM channel WHERE name = ?", name.value())) {
            if (!found.next()) {
                return insert(name);
            }
            id = found.getLong(1);
            lostThrough = found.getLong(2);
            isEmpty = found.getBoolean(3);
        }
        long last = sql.number("SELECT max(id) FROM event WHERE channel = ?", lostThrough, id);
        long retained = sql.number("SELECT count(*) FROM event WHERE channel = ?", 0, id);
        return new ChannelRow(id, last, retained, isEmpty);
    }

    private ChannelRow insert(ChannelName name) throws SQLException {
        long forgotten = Meta.get(sql, Meta.FORGOTTEN_THROUGH);
        sql.update("INSERT INTO channel (name, lost_through, is_empty) VALUES (?, ?, 0)", name.value(), forgotten);
        return new ChannelRow(sql.number("SELECT last_insert_rowid()", 0), forgotten, 0, false);
    }

    /** An event was added to it. */
    void added(ChannelRow row, long id) throws SQLException {
        if (row.isEmpty) {
            sql.update("UPDATE channel SET is_empty = 0 WHERE id = ?", row.id);
            row.isEmpty = false;
        }
        row.last = id;
        row.retained++;
        if (!row.isTouched) {
            row.isTouched = true;
            touched.add(row);
        }
    }

    /** Drops of the channels that were added to what they keep no longer; answers the greatest id of that, 0 for none. */
    long trim(int eventsPerChannel) throws SQLException {
        long lost = 0;
        for (ChannelRow row : touched) {
            row.isTouched = false;
            if (row.retained > eventsPerChannel) {
                lost = Math.max(lost, trim(row, eventsPerChannel));
            }
        }
        touched.clear();
        return lost;
    }

    /** Whether any of these channels is over its limit. */
    boolean hasSurplus(int eventsPerChannel) {
        for (ChannelRow row : touched) {
            if (row.retained > eventsPerChannel) {
                return true;
            }
        }
        return false;
    }

    /** Drops of some of them already, of those that are far over it; answers the same. */
    long trimSurplus(int eventsPerChannel) throws SQLException {
        long lost = 0;
        for (ChannelRow row : touched) {
            if (row.retained >= eventsPerChannel + SURPLUS) {
                lost = Math.max(lost, trim(row, eventsPerChannel));
            }
        }
        return lost;
    }

    /** Drops of these channels what they keep no longer; answers the greatest id of that. */
    long trim(List<String> names, int eventsPerChannel) throws SQLException {
        long lost = 0;
        for (String name : names) {
            ChannelRow row = of(new ChannelName(name));
            while (row.retained > eventsPerChannel) {
                lost = Math.max(lost, trim(row, eventsPerChannel));
            }
        }
        return lost;
    }

    private long trim(ChannelRow row, int eventsPerChannel) throws SQLException {
        int excess = (int) Math.min(MAX_DROPPED_AT_ONCE, row.retained - eventsPerChannel);
        try {
            long through = row.oldest(excess);
            if (through == 0) {
                row.oldest(oldest(row.id, Math.max(excess, LOOK_AHEAD)));
                through = row.oldest(excess);
            }
            sql.update("UPDATE channel SET lost_through = ? WHERE id = ?", through, row.id); // first: see the catch
            sql.update("DELETE FROM event WHERE channel = ? AND id <= ?", row.id, through);
            row.dropped(excess);
            return through;
        } catch (SQLException e) {
            if (!Sql.isDamage(e)) {
                throw e;
            }
            LOGGER.log(Level.ERROR, "old events of channel " + row.id + " can't be dropped, for they are damaged", e);
            sql.prepareAnew();
            row.droppedElsewhere(excess); // it goes on as if they were gone
            return 0;
        }
    }

    private long[] oldest(long channel, int count) throws SQLException {
        long[] ids = new long[count];
        int found = 0;
        try (ResultSet rows =
                sql.query("SELECT id FROM event WHERE channel = ? ORDER BY id LIMIT ?", channel, (long) count)) {
            while (rows.next()) {
                ids[found++] = rows.getLong(1);
            }
        }
        return Arrays.copyOf(ids, found);
    }

    /** Drops all events up to and including this id, and says so in their channels' rows. */
    void dropThrough(long id) throws SQLException {
        record Loss(long channel, String name, int count, long through) {}
        List<Loss> losses = new ArrayList<>();
        try (ResultSet rows = sql.query(
                "SELECT c.id, c.name, count(*), max(e.id) FROM event e JOIN channel c ON c.id = e.channel"
                        + " WHERE e.id <= ? GROUP BY c.id",
                id)) {
            while (rows.next()) {
                losses.add(new Loss(rows.getLong(1), rows.getString(2), rows.getInt(3), rows.getLong(4)));
            }
        }
        sql.update("DELETE FROM event WHERE id <= ?", id);
        for (Loss loss : losses) {
            sql.update(
                    "UPDATE channel SET lost_through = ?1,"
                            + " is_empty = NOT EXISTS (SELECT 1 FROM event WHERE channel = ?2) WHERE id = ?2",
                    loss.through(),
                    loss.channel());
            ChannelRow row = used.get(loss.name());
            if (row != null) {
                row.droppedElsewhere(loss.count());
                row.isEmpty = row.retained <= 0;
            }
        }
    }

    /** The rows of empty channels were removed: the ones in memory may be among them. */
    void forget(List<String> names) {
        names.forEach(used::remove);
    }
}
