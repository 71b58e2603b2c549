package dev.millrace.hub;

import dev.millrace.log.EventLog;
import dev.millrace.log.Position;
import dev.millrace.log.Retention;
import dev.millrace.sqlite.SqliteLog;
import dev.millrace.sqlite.SqliteSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation of a hub on a log on disk, which goes on where it was after each restart. */
class SqliteSimulation {
    private static final int WORLDS = Integer.getInteger("millrace.worlds", 4);

    @TempDir
    private Path directory;

    @Test
    void receivesAllOrIsToldOfItsGaps() {
        HubSimulation.live(WORLDS, () -> HubSimulation.on(new LogsOnDisk(newDirectory())));
    }

    private Path newDirectory() {
        try {
            return Files.createTempDirectory(directory, "world");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record LogsOnDisk(Path directory) implements SimulatedLogs {
        @Override
        public EventLog open(Retention retention, Clock clock, Optional<Position> before) {
            return new PatientLog(SqliteLog.open(
                    directory, new SqliteSettings(retention, SqliteSettings.STANDARD_DISK_BYTES), clock));
        }

        @Override
        public void retention(EventLog log, Retention retention) {
            ((PatientLog) log).retention(retention);
        }
    }
}
