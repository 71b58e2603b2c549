package dev.millrace.sqlite;

import dev.millrace.log.EventLog;
import dev.millrace.log.EventLogContract;
import dev.millrace.log.Retention;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The same contract with so little memory that nearly everything is read from the disk. */
class SqliteLogFromDiskTest extends EventLogContract {
    @TempDir
    private Path directory;

    @Override
    protected EventLog newLog(Retention retention) {
        return SqliteLog.open(
                directory, new SqliteSettings(retention.bytes(1), SqliteSettings.STANDARD_DISK_BYTES), clock);
    }
}
