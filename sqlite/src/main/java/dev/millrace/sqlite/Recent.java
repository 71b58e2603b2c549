package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.EventWindow;
import dev.millrace.log.Position;
import dev.millrace.log.Retention;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The newest events of a database, for the window of a log that starts.
 *
 * @param last the place of the newest event
 * @param from the id after which these events, and what is known to be lost, are all there is
 * @param entries oldest first
 */
record Recent(Position last, long from, List<Entry> entries) {
    private static final System.Logger LOGGER = System.getLogger(Recent.class.getName());
    private static final int MAX_EVENTS = 4096;
    private static final long MAX_BYTES = 4 * 1024 * 1024;

    /** An event, or in its place that events of the channel are lost up to there. */
    record Entry(long id, ChannelName channel, Optional<Event> event) {}

    private record Found(Event event, long previous, Channel channel) {}

    static Recent read(Sql sql, Position last) throws SQLException {
        if (sql.number("SELECT max(id) FROM event", 0) != last.offset()) {
            return new Recent(last, last.offset(), List.of());
        }
        List<Found> rows = new ArrayList<>();
        long from = readBackwards(sql, last, rows);
        from = newestHole(rows, from);
        List<Entry> entries = new ArrayList<>();
        for (Found row : rows) {
            if (row.event().offset() > from) {
                entries.add(new Entry(row.event().offset(), row.event().channel(), Optional.of(row.event())));
            }
        }
        try (ResultSet lost = sql.query("SELECT name, lost_through FROM channel WHERE lost_through > ?", from)) {
            while (lost.next()) {
                entries.add(new Entry(lost.getLong(2), new ChannelName(lost.getString(1)), Optional.empty()));
            }
        }
        entries.sort((a, b) -> Long.compare(a.id(), b.id()));
        return new Recent(last, from, entries);
    }

    /** Reads from the newest event back, as far as the file can be read; answers the id before the oldest. */
    private static long readBackwards(Sql sql, Position last, List<Found> to) throws SQLException {
        long from = last.offset();
        try (ResultSet row =
                sql.query("SELECT " + Row.COLUMNS + " FROM event ORDER BY id DESC LIMIT ?", (long) MAX_EVENTS)) {
            for (long bytes = 0; bytes < MAX_BYTES && row.next(); ) {
                long id = row.getLong(1);
                Optional<Channel> channel = Channel.of(sql, row.getLong(2));
                if (channel.isEmpty() || id > from) {
                    break;
                }
                from = id;
                Event event = Row.read(row, last.epoch(), channel.get().name());
                to.add(new Found(event, row.getLong(3), channel.get()));
                bytes += event.footprint();
                from = id - 1;
            }
        } catch (Row.DamagedException e) {
            LOGGER.log(Level.ERROR, e.getMessage());
        } catch (SQLException e) {
            if (!Sql.isDamage(e)) {
                throw e;
            }
            LOGGER.log(Level.ERROR, "the history is damaged before " + last.at(from), e);
            sql.prepareAnew();
        }
        Collections.reverse(to);
        return from;
    }

    /** The greatest id that an event names as the one before it, and that is neither there nor known to be lost. */
    private static long newestHole(List<Found> rows, long from) {
        Map<Long, Long> newest = new HashMap<>();
        long hole = from;
        for (Found row : rows) {
            long known = newest.getOrDefault(
                    row.channel().id(), Math.max(from, row.channel().lostThrough()));
            if (row.previous() > known) {
                hole = Math.max(hole, row.previous());
            }
            newest.put(row.channel().id(), row.event().offset());
        }
        return hole;
    }

    /**
     * A window with them.
     *
     * @param earlier the earlier epochs, each with the id through which its events are still these
     */
    EventWindow window(Retention retention, Map<Long, Long> earlier) {
        EventWindow window = new EventWindow(last.at(from), retention);
        window.restart(last.at(from), earlier);
        for (Entry entry : entries) {
            if (entry.event().isPresent()) {
                window.add(List.of(entry.event().get()));
            } else {
                window.skip(entry.channel(), entry.id());
            }
        }
        return window;
    }
}
