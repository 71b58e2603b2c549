package dev.millrace.sqlite;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/** Finds the place before the oldest, or the newest so many, events of a channel set. */
final class StartQuery implements Readers.Query<Position> {
    private final ChannelSet set;
    private final Start start;
    private final Position last;

    /**
     * @param last no place after this one is answered
     */
    StartQuery(ChannelSet set, Start start, Position last) {
        this.set = set;
        this.start = start;
        this.last = last;
    }

    @Override
    public Position run(Sql sql) throws SQLException {
        Optional<List<Channel>> few = Channel.of(sql, set, PageQuery.MAX_MERGED);
        long first;
        if (start instanceof Start.Newest newest) {
            first = newest.count() == 0
                    ? 0
                    : few.isPresent() ? newest(sql, few.get(), newest.count()) : newest(sql, newest.count());
        } else {
            first = few.isPresent() ? oldest(sql, few.get()) : oldest(sql);
        }
        return first == 0 ? last : last.at(first - 1);
    }

    private long oldest(Sql sql, List<Channel> channels) throws SQLException {
        long oldest = 0;
        for (Channel channel : channels) {
            long first = sql.number(
                    "SELECT min(id) FROM event WHERE channel = ? AND id <= ?", 0, channel.id(), last.offset());
            if (first > 0 && (oldest == 0 || first < oldest)) {
                oldest = first;
            }
        }
        return oldest;
    }

    private long oldest(Sql sql) throws SQLException {
        return nth(sql, "SELECT id, channel FROM event WHERE id <= ? ORDER BY id", 1);
    }

    private long newest(Sql sql, int count) throws SQLException {
        return nth(sql, "SELECT id, channel FROM event WHERE id <= ? ORDER BY id DESC", count);
    }

    /** The id of the count-th event of the set in this order, or the last where there are fewer; 0 where there is none. */
    private long nth(Sql sql, String order, int count) throws SQLException {
        Map<Long, Boolean> isAsked = new HashMap<>();
        long found = 0;
        try (ResultSet row = sql.query(order, last.offset())) {
            for (int n = 0; n < count && row.next(); ) {
                Boolean asked = isAsked.get(row.getLong(2));
                if (asked == null) {
                    asked = Channel.of(sql, row.getLong(2))
                            .filter(channel -> set.contains(channel.name()))
                            .isPresent();
                    isAsked.put(row.getLong(2), asked);
                }
                if (asked) {
                    found = row.getLong(1);
                    n++;
                }
            }
        }
        return found;
    }

    private long newest(Sql sql, List<Channel> channels, int count) throws SQLException {
        PriorityQueue<Long> newest = new PriorityQueue<>(); // the oldest of the newest first
        for (Channel channel : channels) {
            try (ResultSet row = sql.query(
                    "SELECT id FROM event WHERE channel = ? AND id <= ? ORDER BY id DESC LIMIT ?",
                    channel.id(),
                    last.offset(),
                    (long) count)) {
                while (row.next() && (newest.size() < count || newest.element() < row.getLong(1))) {
                    newest.add(row.getLong(1));
                    if (newest.size() > count) {
                        newest.remove();
                    }
                }
            }
        }
        return newest.isEmpty() ? 0 : newest.element();
    }
}
