package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSummary;
import dev.millrace.log.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Lists what is kept of the channels with a prefix, by name. */
record SummaryQuery(String prefix, String after, int limit, Position place)
        implements Readers.Query<List<ChannelSummary>> {

    @Override
    public List<ChannelSummary> run(Sql sql) throws SQLException {
        List<ChannelSummary> found = new ArrayList<>();
        try (ResultSet row = sql.query(
                "SELECT id, name FROM channel WHERE name >= ? AND name < ? AND name > ? ORDER BY name",
                prefix,
                Channel.end(prefix),
                after)) {
            while (found.size() < limit && row.next()) {
                ChannelName name = new ChannelName(row.getString(2));
                if (name.isListed(prefix)) {
                    add(sql, row.getLong(1), name, found);
                }
            }
        }
        return found;
    }

    private void add(Sql sql, long id, ChannelName name, List<ChannelSummary> to) throws SQLException {
        long first = sql.number("SELECT min(id) FROM event WHERE channel = ?", 0, id);
        if (first > 0) {
            long newest = sql.number("SELECT max(id) FROM event WHERE channel = ?", 0, id);
            long count = sql.number("SELECT count(*) FROM event WHERE channel = ?", 0, id);
            to.add(new ChannelSummary(name, count, place.at(first), place.at(newest)));
        }
    }
}
