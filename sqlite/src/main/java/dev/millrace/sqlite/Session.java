package dev.millrace.sqlite;

import dev.millrace.log.Position;
import java.sql.SQLException;

/** The writer's connection with all that lives as long as it: after a failure another one is opened. */
final class Session implements AutoCloseable {
    final Sql sql;
    final ChannelRows channels;
    final Placer placer;

    /**
     * @param last the place of the newest event that was committed; what stands behind it was reported as failed
     */
    Session(Database database, Position last, long keyWindowMillis) throws SQLException {
        sql = new Sql(database.connectToWrite());
        try {
            channels = new ChannelRows(sql);
            placer = new Placer(sql, channels, last, keyWindowMillis);
            requireEndAt(last.offset());
        } catch (SQLException | RuntimeException e) {
            sql.close();
            throw e;
        }
    }

    private void requireEndAt(long last) throws SQLException {
        long end = lastId(sql);
        if (end < last) {
            throw new SQLException("the database lost events that were acknowledged: restart the hub");
        }
        if (end > last) {
            sql.update("DELETE FROM event WHERE id > ?", last);
            sql.update("DELETE FROM publish_key WHERE id > ?", last);
            sql.commit();
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
