package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Reads the events around a place in the file that can't be read: row by row, without the index.
 *
 * <p>What can't be read is found by trying one id after another, and is reported as lost for the channels that the index knows to
 * have had events there, or for all that are asked for where the index can't be read either.
 */
final class DamagedPage {
    private static final int MAX_SINGLE_STEPS = 100_000;

    private final ChannelSet set;
    private final long after;
    private final long until;
    private final int maxRows;

    DamagedPage(ChannelSet set, long after, long until, int maxRows) {
        this.set = set;
        this.after = after;
        this.until = until;
        this.maxRows = maxRows;
    }

    void read(Sql sql, PageQuery.Page page) throws SQLException {
        long place = after;
        for (int rows = 0; rows < maxRows && place < until; rows++) {
            try {
                long next = readNext(sql, page, place);
                if (next == place) {
                    break; // the page is full
                }
                place = next;
            } catch (SQLException e) {
                if (!Sql.isDamage(e)) {
                    throw e;
                }
                sql.prepareAnew();
                long through = lastUnreadable(sql, place, until);
                reportLost(sql, page, place, through);
                place = through;
            }
        }
        page.reached = Math.max(page.reached, place);
    }

    /** Takes the next row after a place; answers its id, or the place itself where there was no room for it. */
    private long readNext(Sql sql, PageQuery.Page page, long place) throws SQLException {
        try (ResultSet row = sql.query(
                "SELECT " + Row.COLUMNS + " FROM event WHERE id > ? AND id <= ? ORDER BY id LIMIT 1", place, until)) {
            if (!row.next()) {
                return until;
            }
            long id = row.getLong(1);
            if (id <= place) {
                throw Sql.damage("event " + id + " stands after event " + place);
            }
            Optional<Channel> channel = Channel.of(sql, row.getLong(2)).filter(c -> set.contains(c.name()));
            return channel.isPresent() && !page.take(row, channel.get()) ? place : id;
        }
    }

    /** The last id after a place, up to which nothing can be read. */
    static long lastUnreadable(Sql sql, long place, long until) throws SQLException {
        long step = 1;
        long id = place;
        for (int steps = 0; id < until; steps++) {
            long next = Math.min(until, id + step);
            if (isReadable(sql, next)) {
                return Math.max(place + 1, next - 1);
            }
            id = next;
            if (steps > MAX_SINGLE_STEPS) {
                step *= 2;
            }
        }
        return until;
    }

    /** Whether the row that follows this place, if there is one, can be read. */
    private static boolean isReadable(Sql sql, long place) throws SQLException {
        try (ResultSet row =
                sql.query("SELECT " + Row.COLUMNS + " FROM event WHERE id >= ? ORDER BY id LIMIT 1", place)) {
            return !row.next() || (row.getLong(1) >= place && row.getBytes(7) != null);
        } catch (SQLException e) {
            if (!Sql.isDamage(e)) {
                throw e;
            }
            sql.prepareAnew();
            return false;
        }
    }

    private void reportLost(Sql sql, PageQuery.Page page, long place, long through) throws SQLException {
        if (set.hasBroadcasts()) {
            reportLost(sql, page, ChannelName.ALL, place, through);
        }
        for (ChannelName name : set.names()) {
            reportLost(sql, page, name, place, through);
        }
        set.prefixes().forEach(prefix -> page.lost(prefix + "*", through));
    }

    private static void reportLost(Sql sql, PageQuery.Page page, ChannelName name, long place, long through)
            throws SQLException {
        try {
            long lost = sql.number(
                    "SELECT max(id) FROM event INDEXED BY event_of_channel"
                            + " WHERE channel = (SELECT id FROM channel WHERE name = ?) AND id > ? AND id <= ?",
                    0,
                    name.value(),
                    place,
                    through);
            if (lost > 0) {
                page.lost(name.value(), lost);
            }
        } catch (SQLException e) {
            if (!Sql.isDamage(e)) {
                throw e;
            }
            sql.prepareAnew();
            page.lost(name.value(), through);
        }
    }
}
