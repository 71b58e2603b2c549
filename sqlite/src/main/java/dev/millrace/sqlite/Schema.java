package dev.millrace.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;

/** The tables of the database, and the way to them from each older version. */
final class Schema {
    /** "Mill": tells the database from another program's. */
    static final int APPLICATION_ID = 0x4D696C6C;

    /** The n-th script leads from version n to n + 1. */
    private static final List<String> SCRIPTS = List.of("schema-1.sql");

    /** The version that this program reads and writes. */
    static final int VERSION = SCRIPTS.size();

    private static final Pattern END_OF_COMMAND = Pattern.compile(";\\s*(\\n|$)");

    private Schema() {}

    /**
     * Makes the tables, or brings those of an older version up to date, in one transaction.
     *
     * @throws DataDirectoryException if it is another program's database or of a newer version
     */
    static void bringUpToDate(Connection connection, Path file) throws SQLException {
        int version = requireKnown(connection, file);
        if (version == VERSION) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            for (String script : SCRIPTS.subList(version, VERSION)) {
                for (String command : END_OF_COMMAND.split(read(script).strip(), 0)) {
                    statement.execute(command);
                }
            }
            statement.execute("PRAGMA application_id = " + APPLICATION_ID);
            statement.execute("PRAGMA user_version = " + VERSION);
            statement.execute("COMMIT");
        }
    }

    /** The version of the database; 0 where it is empty. */
    static int requireKnown(Connection connection, Path file) throws SQLException {
        int application = pragma(connection, "application_id");
        int version = pragma(connection, "user_version");
        boolean isEmpty = pragma(connection, "schema_version") == 0;
        if (application != APPLICATION_ID && !isEmpty) {
            throw new DataDirectoryException(file + " is another program's database: name another directory");
        }
        if (version > VERSION) {
            throw new DataDirectoryException(file + " was written by a newer Millrace (version " + version
                    + " of the tables, this one knows " + VERSION + "): start that one, or name another directory");
        }
        return isEmpty ? 0 : version;
    }

    private static int pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    private static String read(String script) {
        try (InputStream in = Schema.class.getResourceAsStream(script)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + script);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
