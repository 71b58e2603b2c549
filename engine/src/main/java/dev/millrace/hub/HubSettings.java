package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Publication;
import java.time.Duration;
import java.util.Optional;

/**
 * The limits and intervals of a hub.
 *
 * @param maxConnections the most streams at a time
 * @param maxChannelsPerClient the most names and patterns of one stream
 * @param maxEventBytes the largest event's data, in bytes of UTF-8
 * @param heartbeat after this time without an event a stream gets a heartbeat
 * @param writeTimeout a peer that takes no byte for so long is dropped
 * @param maxAge a stream is ended within the last tenth of this age; empty for never
 * @param inboxes the channels whose user gets, on a first connect, what came since the last stream ended
 */
public record HubSettings(
        int maxConnections,
        int maxChannelsPerClient,
        int maxEventBytes,
        Duration heartbeat,
        Duration writeTimeout,
        Optional<Duration> maxAge,
        ChannelSet inboxes) {

    /** 10000 streams of 100 channels, events of 256 KiB, a heartbeat every 30 s and as long for a stuck peer. */
    public static HubSettings standard() {
        return new HubSettings(
                10_000,
                100,
                256 * 1024,
                Duration.ofSeconds(30),
                Duration.ofSeconds(30),
                Optional.empty(),
                ChannelSet.of("user:*"));
    }

    /**
     * Refuses an event that is larger than the hub takes, as {@link Hub#publish} does.
     *
     * @throws EventTooLargeException if it is
     */
    public void requireFits(Publication publication) {
        if (!Utf8.fits(publication.data(), maxEventBytes)) {
            throw new EventTooLargeException(maxEventBytes);
        }
    }
}
