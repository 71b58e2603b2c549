package dev.millrace.spring;

import dev.millrace.hub.HubSettings;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Retention;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The settings of the hub inside an application.
 *
 * @param enabled whether there is a hub at all
 * @param path what the addresses of the HTTP interface begin with: /millrace/events, /millrace/notify and so on; empty for nothing
 *     before them
 * @param http whether the hub is reachable over HTTP by itself; the application's own controllers may open streams either way
 * @param dataDir a folder that keeps history, inboxes and idempotency keys; needs millrace-sqlite; in memory unless given
 * @param redisUrl the Redis that joins this node with others, such as redis://localhost:6379; needs millrace-redis; one node unless
 *     given
 * @param historySize how many events of each channel are retained
 * @param historyTtl how long events are retained
 * @param historyMemory how much memory the events of all channels may take; a quarter of the JVM's unless given
 * @param inbox the channels whose user gets, on a first connect, what came since the last stream ended
 * @param heartbeat after this time without an event a stream gets a heartbeat, by which peers that are gone are found
 * @param retry how long a client waits before it comes back after a broken connection
 * @param maxConnections the most streams at a time; the container's own limit (server.tomcat.max-connections) must be above it
 * @param maxAge a stream is ended within the last tenth of this age; never unless given
 * @param writeTimeout a peer that takes no byte for so long is dropped; the container's own timeout may be shorter
 * @param drain how long open streams have, at shutdown, to take their last words
 * @param maxEventSize the largest event's data
 * @param maxChannelsPerClient the most channels and patterns of one stream
 * @param threads on how many threads all streams together live; half the processors unless given
 * @param outbox the settings of the outbox
 */
@ConfigurationProperties("millrace")
public record MillraceProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("/millrace") String path,
        @DefaultValue("true") boolean http,
        @Nullable Path dataDir,
        @Nullable String redisUrl,
        @DefaultValue("1000") int historySize,
        @DefaultValue("24h") Duration historyTtl,
        @Nullable DataSize historyMemory,
        @DefaultValue("user:*") List<String> inbox,
        @DefaultValue("30s") Duration heartbeat,
        @DefaultValue("3s") Duration retry,
        @DefaultValue("10000") int maxConnections,
        @Nullable Duration maxAge,
        @DefaultValue("30s") Duration writeTimeout,
        @DefaultValue("10s") Duration drain,
        @DefaultValue("256KB") DataSize maxEventSize,
        @DefaultValue("100") int maxChannelsPerClient,
        @Nullable Integer threads,
        @DefaultValue Outbox outbox) {

    /**
     * The settings of the outbox.
     *
     * @param enabled whether there is an outbox, where there is a database
     * @param createTable whether its table is made at the start; otherwise a migration of the application's own makes it
     * @param poll how often it is looked for events that another process has left behind
     */
    public record Outbox(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("true") boolean createTable,
            @DefaultValue("1s") Duration poll) {}

    public MillraceProperties {
        if (!path.isEmpty() && (!path.startsWith("/") || path.endsWith("/") || path.contains("*"))) {
            throw new IllegalArgumentException(
                    "millrace.path must be empty, or begin with a slash and not end in one, and hold no *");
        }
        if (threads != null && threads < 1) {
            throw new IllegalArgumentException("millrace.threads must be at least 1");
        }
    }

    int threadCount() {
        return threads != null ? threads : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    }

    Retention retention() {
        Retention retention = Retention.standard().eventsPerChannel(historySize).age(historyTtl);
        return historyMemory == null ? retention : retention.bytes(historyMemory.toBytes());
    }

    HubSettings hub() {
        return new HubSettings(
                maxConnections,
                maxChannelsPerClient,
                Math.toIntExact(maxEventSize.toBytes()),
                heartbeat,
                writeTimeout,
                Optional.ofNullable(maxAge),
                ChannelSet.of(inbox));
    }
}
