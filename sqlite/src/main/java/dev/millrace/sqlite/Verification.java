package dev.millrace.sqlite;

import dev.millrace.log.Position;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/** Looks at every event of a database, and then at the structure of its file. */
final class Verification {
    private static final int STEP_EVENTS = 1000;
    private static final int MAX_STRUCTURAL_PROBLEMS = 20;
    /** How much of the whole the events are; the rest is the structure. */
    private static final double EVENTS_PART = 0.7;

    private final Sql sql;
    private final Position first;
    private final Position last;
    private final Consumer<String> problems;
    private final DoubleConsumer progress;
    private final Map<Long, Long> newest = new HashMap<>(); // of each channel, the id of its event before

    Verification(Sql sql, Position first, Position last, Consumer<String> problems, DoubleConsumer progress) {
        this.sql = sql;
        this.first = first;
        this.last = last;
        this.problems = problems;
        this.progress = progress;
    }

    void run(Optional<Position> acknowledged) throws SQLException {
        for (long place = first.offset(); place < last.offset(); ) {
            place = step(place);
            sql.commit(); // a hub beside this one goes on
            progress.accept(EVENTS_PART * (place - first.offset()) / (last.offset() - first.offset()));
        }
        checkStructure();
        checkMark(acknowledged);
        progress.accept(1);
    }

    /** Looks at the next events; answers the last place that it has seen. */
    private long step(long place) throws SQLException {
        long reached = place;
        try (ResultSet row = sql.query(
                "SELECT " + Row.COLUMNS + " FROM event WHERE id > ? ORDER BY id LIMIT ?", place, (long) STEP_EVENTS)) {
            int count = 0;
            while (row.next()) {
                check(row);
                reached = row.getLong(1);
                count++;
            }
            return count < STEP_EVENTS ? last.offset() : reached;
        } catch (SQLException e) {
            if (!Sql.isDamage(e)) {
                throw e;
            }
            sql.prepareAnew();
            long through = DamagedPage.lastUnreadable(sql, reached, last.offset());
            problems.accept("events between " + last.at(reached) + " and " + last.at(through + 1) + " can't be read: "
                    + e.getMessage());
            return through;
        }
    }

    private void check(ResultSet row) throws SQLException {
        long id = row.getLong(1);
        long number = row.getLong(2);
        long previous = row.getLong(3);
        Optional<Channel> channel = Channel.of(sql, number);
        if (channel.isEmpty()) {
            problems.accept("event " + last.at(id) + " belongs to no channel");
            return;
        }
        try {
            var unused = Row.read(row, last.epoch(), channel.get().name());
        } catch (Row.DamagedException e) {
            problems.accept("event " + last.at(id) + " of channel "
                    + channel.get().name() + " is damaged: its checksum differs");
        }
        if (previous > newest.getOrDefault(number, channel.get().lostThrough())
                && previous > channel.get().lostThrough()) {
            problems.accept("event " + last.at(previous) + " of channel "
                    + channel.get().name() + " is missing");
        }
        newest.put(number, id);
    }

    private void checkStructure() throws SQLException {
        try (ResultSet row = sql.query("PRAGMA integrity_check(" + MAX_STRUCTURAL_PROBLEMS + ")")) {
            while (row.next()) {
                if (!row.getString(1).equals("ok")) {
                    problems.accept("the structure of the file: "
                            + row.getString(1).replace('\n', ' ').strip());
                }
            }
        } catch (SQLException e) {
            if (!Sql.isDamage(e)) {
                throw e;
            }
            sql.prepareAnew();
            problems.accept("the structure of the file: " + e.getMessage());
        }
    }

    private void checkMark(Optional<Position> acknowledged) {
        if (acknowledged.isEmpty()) {
            problems.accept("what was acknowledged is not known: the next start begins a new epoch");
        } else if (last.isBefore(acknowledged.get()) || acknowledged.get().epoch() != last.epoch()) {
            problems.accept("events up to " + acknowledged.get() + " were acknowledged, and the log ends at " + last
                    + ": the next start begins a new epoch");
        }
    }
}
