package dev.millrace.sqlite;

import java.sql.SQLException;

/** The few numbers that the database holds about the log as a whole. */
final class Meta {
    /** The epoch of this life of the log. */
    static final String EPOCH = "epoch";

    /** No event ever has an id up to this one again. */
    static final String LAST = "last";

    /** A channel without a row may have lost events up to this id. */
    static final String FORGOTTEN_THROUGH = "forgotten_through";

    /** How many events a channel kept in the last run. */
    static final String LIMIT = "limit";

    private Meta() {}

    /** The number; 0 where it was never set. */
    static long get(Sql sql, String name) throws SQLException {
        return sql.number("SELECT value FROM meta WHERE name = ?", 0, name);
    }

    static void set(Sql sql, String name, long value) throws SQLException {
        sql.update("INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2", name, value);
    }
}
