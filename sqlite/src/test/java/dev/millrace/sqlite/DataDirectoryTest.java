package dev.millrace.sqlite;

import static dev.millrace.sqlite.Data.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.log.TestClock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that can't be used is refused with one sentence, and left as it was. */
class DataDirectoryTest {
    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();

    @Test
    void belongsToOneLog() {
        try (SqliteLog log = open(directory)) {
            requireRefused(
                    directory,
                    "is in use by another hub (process "
                            + ProcessHandle.current().pid() + ")");
            assertThat(log.last().offset()).isZero();
        }
        open(directory).close();
    }

    @Test
    void refusesAFile() throws IOException {
        requireRefused(Files.createFile(directory.resolve("file")), "is a file: name a directory");
    }

    @Test
    void refusesWhatItCanNotWrite() {
        requireRefused(Path.of("/proc/millrace"), "can't be written");
    }

    @Test
    void refusesANewerVersion() throws SQLException {
        open(directory).close();
        execute("PRAGMA user_version = 7");
        requireRefused(directory, "was written by a newer Millrace (version 7 of the tables, this one knows 1)");
    }

    @Test
    void refusesAnotherProgramsDatabase() throws SQLException {
        execute("CREATE TABLE theirs (id INTEGER)");
        requireRefused(directory, "is another program's database");
    }

    @Test
    void refusesAFileThatIsNoDatabase() throws IOException {
        Files.writeString(directory.resolve("millrace.db"), "not a database, but text that is long enough to be one");
        requireRefused(directory, "is damaged: restore it from a backup, or move it away");
    }

    @Test
    void refusesADatabaseWhoseFirstPageIsDamaged() throws IOException {
        try (SqliteLog log = open(directory)) {
            Data.append(log, Data.A, "1");
        }
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve("millrace.db").toFile(), "rw")) {
            file.seek(100);
            file.write(new byte[3996]);
        }
        requireRefused(directory, "is damaged");
    }

    @Test
    void makesADirectoryThatIsNotThere() {
        Path missing = directory.resolve("a/b");
        open(missing).close();
        assertThat(missing.resolve("millrace.db")).exists();
    }

    @Test
    void completesADatabaseThatACrashLeftEmpty() throws IOException {
        Files.createFile(directory.resolve("millrace.db"));
        try (SqliteLog log = open(directory)) {
            assertThat(Data.append(log, Data.A, "1").offset()).isEqualTo(1);
        }
    }

    private void requireRefused(Path path, String sentence) {
        assertThatThrownBy(() -> open(path).close())
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("\n");
    }

    private SqliteLog open(Path path) {
        return SqliteLog.open(path, settings(100), clock);
    }

    private void execute(String command) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("millrace.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(command);
        }
    }
}
