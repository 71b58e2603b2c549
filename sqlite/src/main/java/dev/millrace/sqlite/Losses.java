package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which entries of a channel set have lost events after a place, and through which id. Not thread-safe. */
final class Losses {
    /** A pattern with more channels concerned than this is reported as a whole. */
    private static final int MAX_CHANNELS_OF_A_PATTERN = 100;

    private final Map<String, Long> through = new LinkedHashMap<>();

    /** Adds what the retention has dropped. */
    void addDropped(Sql sql, ChannelSet set, long after) throws SQLException {
        long forgotten = Meta.get(sql, Meta.FORGOTTEN_THROUGH);
        if (set.hasBroadcasts()) {
            addName(sql, ChannelName.ALL, after, forgotten);
        }
        for (ChannelName name : set.names()) {
            addName(sql, name, after, forgotten);
        }
        for (String prefix : set.prefixes()) {
            addPattern(sql, prefix, after, forgotten);
        }
    }

    private void addName(Sql sql, ChannelName name, long after, long forgotten) throws SQLException {
        long lost = sql.number("SELECT lost_through FROM channel WHERE name = ?", forgotten, name.value());
        if (lost > after) {
            add(name.value(), lost);
        }
    }

    private void addPattern(Sql sql, String prefix, long after, long forgotten) throws SQLException {
        Map<String, Long> known = new LinkedHashMap<>();
        try (ResultSet rows = sql.query(
                "SELECT name, lost_through FROM channel WHERE name >= ? AND name < ? AND lost_through > ?"
                        + " AND name NOT IN ('$all', '$system', '$control') LIMIT ?",
                prefix,
                Channel.end(prefix),
                after,
                MAX_CHANNELS_OF_A_PATTERN + 1L)) {
            while (rows.next()) {
                known.put(rows.getString(1), rows.getLong(2));
            }
        }
        if (forgotten > after || known.size() > MAX_CHANNELS_OF_A_PATTERN) {
            long lost = sql.number(
                    "SELECT max(lost_through) FROM channel WHERE name >= ? AND name < ?"
                            + " AND name NOT IN ('$all', '$system', '$control')",
                    0,
                    prefix,
                    Channel.end(prefix));
            add(prefix + "*", Math.max(lost, forgotten));
        } else {
            known.forEach(this::add);
        }
    }

    /** Adds that events of an entry are lost up to and including this id. */
    void add(String entry, long id) {
        through.merge(entry, id, Math::max);
    }

    List<Gap> gaps(Position place) {
        List<Gap> gaps = new ArrayList<>(through.size());
        through.forEach((entry, id) -> gaps.add(new Gap(
                entry.equals(ChannelName.ALL.value()) ? Optional.empty() : Optional.of(entry),
                Optional.empty(),
                place.at(id))));
        return gaps;
    }
}
