package dev.millrace.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * One connection to the database, always in a transaction, with its prepared statements. Not thread-safe.
 *
 * <p>A statement is found by its text, and its result must be closed before it runs again.
 */
final class Sql implements AutoCloseable {
    private static final int WRONG_STATEMENT = 1;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int NOT_A_DATABASE = 26;

    private final Connection connection;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    Sql(Connection connection) throws SQLException {
        this.connection = connection;
        try {
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    PreparedStatement prepare(String text) throws SQLException {
        PreparedStatement statement = statements.get(text);
        if (statement == null) {
            statement = connection.prepareStatement(text);
            statements.put(text, statement);
        }
        return statement;
    }

    /** The first number of the first row; {@code otherwise} where there is none. */
    long number(String text, long otherwise, Object... arguments) throws SQLException {
        try (ResultSet row = query(text, arguments)) {
            if (!row.next()) {
                return otherwise;
            }
            long number = row.getLong(1);
            return row.wasNull() ? otherwise : number;
        }
    }

    ResultSet query(String text, Object... arguments) throws SQLException {
        return bind(text, arguments).executeQuery();
    }

    /** Runs a change; answers how many rows it touched. */
    int update(String text, Object... arguments) throws SQLException {
        return bind(text, arguments).executeUpdate();
    }

    /** Runs a statement that is not worth preparing, to its end. */
    void run(String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(text);
        }
    }

    private PreparedStatement bind(String text, Object... arguments) throws SQLException {
        PreparedStatement statement = prepare(text);
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Long number) {
                statement.setLong(i + 1, number);
            } else {
                statement.setObject(i + 1, arguments[i]);
            }
        }
        return statement;
    }

    /** After a failure on damage: the driver does not run a statement again that has failed. */
    void prepareAnew() throws SQLException {
        for (PreparedStatement statement : statements.values()) {
            statement.close();
        }
        statements.clear();
    }

    /** Ends the transaction, and begins the next one. */
    void commit() throws SQLException {
        connection.commit();
    }

    void rollback() throws SQLException {
        connection.rollback();
    }

    /** Runs one statement outside of a transaction; there must be nothing to commit. */
    void pragma(String text) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute(text);
        } finally {
            connection.setAutoCommit(false);
        }
    }

    /** Whether the database file itself is damaged, and not the way to it. */
    static boolean isDamage(SQLException e) {
        return e.getErrorCode() == CORRUPT || e.getErrorCode() == NOT_A_DATABASE;
    }

    /** Whether the disk has no room left. */
    static boolean isFull(SQLException e) {
        return e.getErrorCode() == FULL;
    }

    static SQLException damage(String message) {
        return new SQLException(message, "", CORRUPT);
    }

    /** Whether the same can't succeed later. */
    static boolean isHopeless(SQLException e) {
        return isDamage(e) || e.getErrorCode() == WRONG_STATEMENT;
    }

    @Override
    public void close() throws SQLException {
        statements.clear();
        connection.close(); // and with it its statements
    }
}
