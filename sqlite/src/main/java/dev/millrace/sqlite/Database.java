package dev.millrace.sqlite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.TransactionMode;

/** The database file of a data directory, and the two ways to connect to it. */
final class Database {
    /** What the connections that write keep of the database in memory, in KiB; readers keep the standard 2 MiB. */
    private static final int WRITER_CACHE_KIB = 16 * 1024;

    /**
     * After so many pages, 64 MiB, the log of changes is written to the file: rarely enough for pages that change often, which are
     * those of the index when many channels are busy. Less where the database must stay small.
     */
    private static final int CHECKPOINT_PAGES = 16_000;

    private static final int LEAST_CHECKPOINT_PAGES = 1000;
    private static final int PAGE_BYTES = 4096;
    private static final long LEAST_FREE_BYTES = 1024 * 1024;

    private final Path file;
    private final long checkpointPages;

    Database(Path directory) {
        this(directory, SqliteSettings.STANDARD_DISK_BYTES);
    }

    /**
     * One that is to stay smaller than this.
     *
     * @param maxBytes of the file; its log of changes may take an eighth of that besides, and 4 MiB at the least
     */
    Database(Path directory, long maxBytes) {
        this.file = directory.resolve("millrace.db");
        this.checkpointPages = Math.max(LEAST_CHECKPOINT_PAGES, Math.min(CHECKPOINT_PAGES, maxBytes / 8 / PAGE_BYTES));
    }

    Path file() {
        return file;
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** Whether the disk has no room to speak of. */
    boolean isDiskFull() {
        return file.toFile().getUsableSpace() < LEAST_FREE_BYTES;
    }

    /** How large the file and its log of changes are, in bytes. */
    long size() {
        return length(file) + length(file.resolveSibling(file.getFileName() + "-wal"));
    }

    private static long length(Path path) {
        return path.toFile().length(); // 0 where it is not there
    }

    /**
     * Connects to write, with the tables up to date; a commit returns when it is synced.
     *
     * @throws DataDirectoryException in words for the operator, where it is no database of ours or can't be read
     */
    Connection connectToWrite() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setGetGeneratedKeys(false); // or the driver runs a query after each statement
        // one that began by reading can't always go on to write
        config.setTransactionMode(TransactionMode.IMMEDIATE);
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file, config.toProperties());
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA busy_timeout = 5000");
            if (Schema.requireKnown(connection, file) == 0) {
                statement.execute("PRAGMA auto_vacuum = INCREMENTAL"); // before the first table
            }
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA cache_size = -" + WRITER_CACHE_KIB);
            statement.execute("PRAGMA wal_autocheckpoint = " + checkpointPages);
            statement.execute("PRAGMA journal_size_limit = " + 64 * 1024 * 1024);
            Schema.bringUpToDate(connection, file);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Connects to read. */
    Connection connectToRead() throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(5000);
        Properties properties = config.toProperties();
        return DriverManager.getConnection("jdbc:sqlite:" + file, properties);
    }
}
