package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.sql.SQLException;
import java.util.Optional;

/** Reads the newest events of a channel, and throws them away: its statements are prepared then, and its code has run. */
final class WarmUp implements Readers.Query<Boolean> {
    private static final int TIMES = 4;
    private static final int EVENTS = 250;
    private static final long BYTES = 64 * 1024;

    private final Position last;

    /**
     * @param last the place of the newest event
     */
    WarmUp(Position last) {
        this.last = last;
    }

    /** Answers whether there was anything to read. */
    @Override
    public Boolean run(Sql sql) throws SQLException {
        Optional<Channel> newest =
                Channel.of(sql, sql.number("SELECT channel FROM event WHERE id = ?", 0, last.offset()));
        if (newest.isEmpty()) {
            return false;
        }
        ChannelName name = newest.get().name();
        ChannelSet set = name.isReserved() ? ChannelSet.NONE : ChannelSet.of(name.value());
        for (int i = 0; i < TIMES; i++) {
            Position first = new StartQuery(set, new Start.Newest(EVENTS), last).run(sql);
            var unused = new PageQuery(set, first, last.offset(), EVENTS, BYTES, () -> 0).run(sql);
        }
        return true;
    }
}
