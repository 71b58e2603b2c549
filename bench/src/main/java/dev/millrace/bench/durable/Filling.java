package dev.millrace.bench.durable;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import dev.millrace.log.Retention;
import dev.millrace.sqlite.LogImport;
import dev.millrace.sqlite.SqliteLog;
import dev.millrace.sqlite.SqliteSettings;
import java.nio.file.Path;
import java.time.Clock;

/**
 * A history that is there before something is measured.
 *
 * @param events how many are kept
 * @param channels over how many channels they are spread, one event to each in turn
 * @param payload bytes of an event's data
 */
record Filling(int events, int channels, int payload) {
    /** All that is filled in begins with this. */
    static final String PREFIX = "history/";

    static String channel(int number) {
        return PREFIX + number;
    }

    /** Fills a data directory, and says how long it took. */
    void fill(Path data) {
        long begin = System.nanoTime();
        long now = System.currentTimeMillis();
        String text = "x".repeat(payload);
        try (LogImport log = LogImport.open(data, Clock.systemUTC())) {
            for (int i = 0; i < events; i++) {
                log.add(Publication.to(ChannelName.of(channel(i % channels)), text), now);
            }
        }
        SqliteLog.open(data, settings(), Clock.systemUTC()).close(); // as a hub leaves it when it is stopped
        System.out.printf(
                "  %,d events of %d bytes on %,d channels, filled in %.1f s%n",
                events, payload, channels, (System.nanoTime() - begin) / 1e9);
    }

    /** Settings that keep all of it. */
    SqliteSettings settings() {
        return new SqliteSettings(
                Retention.standard().eventsPerChannel(Math.max(1000, events)), SqliteSettings.STANDARD_DISK_BYTES);
    }
}
