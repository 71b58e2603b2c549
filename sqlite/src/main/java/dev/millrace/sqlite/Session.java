package dev.millrace.sqlite;

import dev.millrace.log.Position;
import java.sql.SQLException;
import java.util.List;

/** The writer's connection with all that lives as long as it: after a failure another one is opened. */
final class Session implements AutoCloseable {
    final Sql sql;
    final ChannelRows channels;
    final Placer placer;

    /**
     * @param last the place of the newest event that was acknowledged; what stands behind it was reported as failed
     * @param behind the newest of those that were acknowledged, for they need not have been committed
     */
    Session(Database database, Position last, List<Placement> behind, long keyWindowMillis) throws SQLException {
        sql = new Sql(database.connectToWrite());
        try {
            channels = new ChannelRows(sql);
            placer = new Placer(sql, channels, last, keyWindowMillis);
            bringUpTo(last, behind);
        } catch (SQLException | RuntimeException e) {
            sql.close();
            throw e;
        }
    }

    private void bringUpTo(Position last, List<Placement> behind) throws SQLException {
        long end = lastId(sql);
        if (end < (behind.isEmpty() ? last.offset() : behind.get(0).id() - 1)) {
            throw new SQLException("the database lost events that were acknowledged: restart the hub");
        }
        if (end > last.offset()) {
            sql.update("DELETE FROM event WHERE id > ?", last.offset());
            sql.update("DELETE FROM publish_key WHERE id > ?", last.offset());
            sql.update("UPDATE channel SET lost_through = ?1 WHERE lost_through > ?1", last.offset());
            sql.commit();
        }
        for (Placement one : behind) {
            if (one.id() > end) {
                placer.insert(one);
            }
        }
        if (!behind.isEmpty()) {
            Meta.set(sql, Meta.LAST, last.offset()); // so that the next commit syncs, should they all have been there
        }
    }

    /** The greatest id that was ever given in this database. */
    static long lastId(Sql sql) throws SQLException {
        return Math.max(Meta.get(sql, Meta.LAST), sql.number("SELECT max(id) FROM event", 0));
    }

    @Override
    public void close() throws SQLException {
        sql.close();
    }
}
