package dev.millrace.sqlite;

import dev.millrace.log.EventLog;
import dev.millrace.log.EventLogContract;
import dev.millrace.log.Retention;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteLogTest extends EventLogContract {
    @TempDir
    private Path directory;

    @Override
    protected EventLog newLog(Retention retention) {
        return SqliteLog.open(directory, new SqliteSettings(retention, SqliteSettings.STANDARD_DISK_BYTES), clock);
    }
}
