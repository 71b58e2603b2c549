package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A channel as a reader sees it. */
record Channel(long id, ChannelName name, long lostThrough) {
    /** Greater than every character of a name. */
    private static final String END = "\uDBFF\uDFFF";

    /** The name after which, in the order of the table, no name begins with the prefix. */
    static String end(String prefix) {
        return prefix + END;
    }

    /** The channels of a set that have rows; empty where they are more than so many. */
    static Optional<List<Channel>> of(Sql sql, ChannelSet set, int most) throws SQLException {
        List<Channel> found = new ArrayList<>();
        List<ChannelName> names = new ArrayList<>(set.names());
        if (set.hasBroadcasts()) {
            names.add(ChannelName.ALL);
        }
        for (ChannelName name : names) {
            try (ResultSet row = sql.query("SELECT id, lost_through FROM channel WHERE name = ?", name.value())) {
                if (row.next()) {
                    found.add(new Channel(row.getLong(1), name, row.getLong(2)));
                }
            }
        }
        for (String prefix : set.prefixes()) {
            if (isMore(sql, prefix, most)) {
                return Optional.empty();
            }
            try (ResultSet row = sql.query(
                    "SELECT id, lost_through, name FROM channel WHERE name >= ? AND name < ?", prefix, end(prefix))) {
                while (row.next()) {
                    ChannelName name = new ChannelName(row.getString(3));
                    if (!name.isReserved()) {
                        found.add(new Channel(row.getLong(1), name, row.getLong(2)));
                    }
                    if (found.size() > most) {
                        return Optional.empty();
                    }
                }
            }
        }
        return Optional.of(found);
    }

    /** Whether more channels than this begin with a prefix; told without reading their rows one by one, for each page asks. */
    private static boolean isMore(Sql sql, String prefix, int most) throws SQLException {
        long counted = sql.number(
                "SELECT count(*) FROM (SELECT 1 FROM channel WHERE name >= ? AND name < ? LIMIT ?)",
                0,
                prefix,
                end(prefix),
                most + 1L);
        return counted > most;
    }

    /** The channel with this id; empty where its row is gone. */
    static Optional<Channel> of(Sql sql, long id) throws SQLException {
        try (ResultSet row = sql.query("SELECT name, lost_through FROM channel WHERE id = ?", id)) {
            return row.next()
                    ? Optional.of(new Channel(id, new ChannelName(row.getString(1)), row.getLong(2)))
                    : Optional.empty();
        }
    }
}
