package dev.millrace.sqlite;

import dev.millrace.log.Archive;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * Reads a page of the archive: the next events of some channels, and what is missing among them.
 *
 * <p>The events of a few channels are merged from their places in the index; for many channels the order of all is read, and
 * what is not asked for is skipped. Each event names the one before it in its channel, so one that damage has hidden is noticed as
 * long as the next one is there (for many channels: in the same page); one whose checksum differs is passed over. Both are
 * reported as losses.
 */
final class PageQuery implements Readers.Query<Archive.Page> {
    private static final System.Logger LOGGER = System.getLogger(PageQuery.class.getName());

    /** A set that matches more channels than this reads the order of all. */
    static final int MAX_MERGED = 256;

    private static final int ROWS_AT_A_STRETCH = 16; // some 50 us

    private static final String OF_CHANNEL = "SELECT " + Row.COLUMNS + " FROM event INDEXED BY event_of_channel"
            + " WHERE channel = ? AND id > ? AND id <= ? ORDER BY id";
    private static final String NEXT_PREVIOUS = "SELECT previous FROM event INDEXED BY event_of_channel"
            + " WHERE channel = ? AND id > ? ORDER BY id LIMIT 1";
    private static final String OF_ALL = "SELECT " + Row.COLUMNS + " FROM event WHERE id > ? AND id <= ? ORDER BY id";

    private final ChannelSet set;
    private final Position after;
    private final long until;
    private final int maxEvents;
    private final long maxBytes;
    private final LongSupplier maxLost;

    PageQuery(ChannelSet set, Position after, long until, int maxEvents, long maxBytes, LongSupplier maxLost) {
        this.set = set;
        this.after = after;
        this.until = until;
        this.maxEvents = maxEvents;
        this.maxBytes = maxBytes;
        this.maxLost = maxLost;
    }

    @Override
    public Archive.Page run(Sql sql) throws SQLException {
        Losses losses = new Losses();
        Optional<List<Channel>> few = Channel.of(sql, set, MAX_MERGED);
        if (after.offset() < maxLost.getAsLong()) { // asked after the view of the database began
            losses.addDropped(sql, set, after.offset());
        }
        Page page = new Page(losses);
        try {
            if (few.isPresent()) {
                merge(sql, few.get(), page);
            } else {
                scan(sql, page);
            }
        } catch (SQLException e) {
            if (!Sql.isDamage(e)) {
                throw e;
            }
            LOGGER.log(Level.ERROR, "the history is damaged after " + after.at(page.reached), e);
            sql.prepareAnew();
            new DamagedPage(set, page.reached, until, 16 * maxEvents).read(sql, page);
        }
        for (Channel channel : few.orElse(List.of())) {
            page.checkNext(sql, channel);
        }
        return new Archive.Page(page.events, after.at(page.reached), losses.gaps(after));
    }

    /** What a page has so far. */
    final class Page {
        private final List<Event> events = new ArrayList<>();
        private final Losses losses;
        private final Map<Long, Long> newest =
                new HashMap<>(); // of each channel, the last id that was seen or is known lost
        private long bytes;
        private int rows;
        /** Up to here everything was read. */
        long reached = after.offset();

        private Page(Losses losses) {
            this.losses = losses;
        }

        /** Leaves the core to other threads now and then: to those that have live events to deliver. */
        @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but how long they wait
        private void advanced() {
            if (++rows % ROWS_AT_A_STRETCH == 0) {
                Thread.yield();
            }
        }

        /** Takes a row, if there is room; answers whether there was. */
        boolean take(ResultSet row, Channel channel) throws SQLException {
            long id = row.getLong(1);
            long previous = row.getLong(3);
            if (id <= reached) {
                return true; // a damaged index names a row in the wrong place: the next row tells what is missing
            }
            try {
                Event event = Row.read(row, after.epoch(), channel.name());
                bytes += event.footprint();
                if (events.size() == maxEvents || (!events.isEmpty() && bytes > maxBytes)) {
                    return false;
                }
                checkPrevious(channel, previous);
                events.add(event);
            } catch (Row.DamagedException e) {
                LOGGER.log(Level.ERROR, e.getMessage());
                lost(channel.name().value(), id);
            }
            newest.put(channel.id(), id);
            reached = id;
            return true;
        }

        private void checkPrevious(Channel channel, long previous) {
            if (previous > newest.getOrDefault(channel.id(), Math.max(after.offset(), channel.lostThrough()))) {
                lost(channel.name().value(), previous);
            }
        }

        /** All rows of a channel were taken: looks from the other end whether the index has shown them all. */
        private void requireLast(Sql sql, Channel channel) throws SQLException {
            long last = sql.number(
                    "SELECT max(id) FROM event INDEXED BY event_of_channel WHERE channel = ? AND id <= ?",
                    0,
                    channel.id(),
                    until);
            if (last > newest.getOrDefault(channel.id(), after.offset())) {
                throw Sql.damage("the index hides event " + after.at(last));
            }
        }

        /** Looks at the event of a channel that follows the page, whether one before it is missing. */
        private void checkNext(Sql sql, Channel channel) throws SQLException {
            try {
                checkPrevious(channel, sql.number(NEXT_PREVIOUS, 0, channel.id(), reached));
            } catch (SQLException e) {
                if (!Sql.isDamage(e)) {
                    throw e;
                }
                sql.prepareAnew();
                lost(channel.name().value(), reached); // it can't be known
            }
        }

        void lost(String entry, long id) {
            losses.add(entry, id);
        }
    }

    /** The rows of one channel, which stand at the row with this id. */
    private record Source(Channel channel, ResultSet rows, long id) {}

    private void merge(Sql sql, List<Channel> channels, Page page) throws SQLException {
        PriorityQueue<Source> sources = new PriorityQueue<>((a, b) -> Long.compare(a.id(), b.id()));
        List<ResultSet> open = new ArrayList<>();
        try {
            for (Channel channel : channels) {
                String own = OF_CHANNEL + " -- " + open.size(); // a statement for each, for all are open at once
                ResultSet rows = sql.query(own, channel.id(), after.offset(), until);
                open.add(rows);
                advance(sql, channel, rows, page, sources);
            }
            for (Source next = sources.poll(); next != null; next = sources.poll()) {
                if (!page.take(next.rows(), next.channel())) {
                    return;
                }
                advance(sql, next.channel(), next.rows(), page, sources);
            }
            page.reached = until;
        } finally {
            for (ResultSet rows : open) {
                rows.close();
            }
        }
    }

    private void advance(Sql sql, Channel channel, ResultSet rows, Page page, PriorityQueue<Source> to)
            throws SQLException {
        page.advanced();
        if (rows.next()) {
            to.add(new Source(channel, rows, rows.getLong(1)));
        } else {
            page.requireLast(sql, channel);
        }
    }

    private void scan(Sql sql, Page page) throws SQLException {
        Map<Long, Optional<Channel>> known = new HashMap<>();
        try (ResultSet row = sql.query(OF_ALL, after.offset(), until)) {
            for (int steps = 16 * maxEvents; row.next(); steps--) {
                page.advanced();
                Optional<Channel> channel = known.get(row.getLong(2));
                if (channel == null) {
                    channel = Channel.of(sql, row.getLong(2)).filter(c -> set.contains(c.name()));
                    known.put(row.getLong(2), channel);
                }
                if (steps == 0 || (channel.isPresent() && !page.take(row, channel.get()))) {
                    return;
                }
                page.reached = row.getLong(1);
            }
        }
        page.reached = until;
    }
}
