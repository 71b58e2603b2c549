package dev.millrace.sqlite;

import dev.millrace.log.Retention;

/**
 * What a log on disk keeps, and where.
 *
 * @param retention how many events and how old; its bytes bound what is served from memory
 * @param diskBytes about how large the database may grow; the oldest events go first
 */
public record SqliteSettings(Retention retention, long diskBytes) {
    /** 16 GiB on disk. */
    public static final long STANDARD_DISK_BYTES = 16L * 1024 * 1024 * 1024;

    private static final long LEAST_DISK_BYTES = 1024 * 1024;

    public SqliteSettings {
        if (diskBytes < LEAST_DISK_BYTES) {
            throw new IllegalArgumentException("diskBytes must be at least 1 MiB");
        }
    }

    /** The standard retention, and 16 GiB on disk. */
    public static SqliteSettings standard() {
        return new SqliteSettings(Retention.standard(), STANDARD_DISK_BYTES);
    }
}
