package dev.millrace.server;

import dev.millrace.hub.Bookmarks;
import dev.millrace.hub.Hub;
import dev.millrace.hub.HubBuilder;
import dev.millrace.hub.MemoryBookmarks;
import dev.millrace.hub.Presence;
import dev.millrace.log.EventLog;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Retention;
import dev.millrace.redis.RedisNode;
import dev.millrace.redis.RedisSettings;
import dev.millrace.sqlite.SqliteLog;
import dev.millrace.sqlite.SqliteSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the settings say that events, how far users have read, and who listens are kept.
 *
 * @param presence who listens on other nodes; empty where there are none
 * @param trouble why events can't be kept at present; empty where they can
 */
record Storage(EventLog log, Bookmarks bookmarks, Optional<Presence> presence, Supplier<Optional<String>> trouble) {
    private static final int BOOKMARKS_IN_MEMORY = 100_000;

    /**
     * Opens it.
     *
     * @param ages the clock by which events and keys grow old
     * @throws dev.millrace.sqlite.DataDirectoryException if the data directory can't be used
     * @throws dev.millrace.log.LogUnavailableException if Redis is not there
     */
    static Storage open(
            Settings settings, Retention retention, Optional<RedisSettings> redis, Clock clock, Clock ages) {
        if (redis.isPresent()) {
            RedisNode node = RedisNode.start(redis.get());
            return new Storage(node.log(), node.bookmarks(), Optional.of(node.presence()), node::trouble);
        }
        Path directory = settings.dataDir;
        if (directory == null) {
            return alone(new MemoryLog(retention, clock, ages), new MemoryBookmarks(BOOKMARKS_IN_MEMORY));
        }
        SqliteLog log = SqliteLog.open(directory, new SqliteSettings(retention, settings.historyDisk), clock, ages);
        return alone(log, log.bookmarks());
    }

    private static Storage alone(EventLog log, Bookmarks bookmarks) {
        return new Storage(log, bookmarks, Optional.empty(), Optional::empty);
    }

    /** A hub that keeps its events there. */
    HubBuilder hub() {
        HubBuilder builder = Hub.builder().log(log).bookmarks(bookmarks);
        presence.ifPresent(builder::presence);
        return builder;
    }
}
