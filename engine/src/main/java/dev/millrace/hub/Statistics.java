package dev.millrace.hub;

/**
 * Figures of one hub since its start.
 *
 * @param connections open streams
 * @param maxConnections the most that may be open
 * @param averageAgeMillis how old the open streams are on average
 * @param lagging streams that are behind the newest event
 * @param listenedChannels different channel names and patterns that are listened to
 * @param published events placed in the log by this hub
 * @param delivered events written to streams
 * @param dropped events for those who listen now, and messages to one client, that found it unable to take them
 * @param gaps gaps announced
 * @param bytes bytes of events written to streams
 * @param waiting events that are kept, and that the slowest event loop has not given out yet
 * @param uptimeMillis since the start
 */
public record Statistics(
        long connections,
        long maxConnections,
        long averageAgeMillis,
        long lagging,
        long listenedChannels,
        long published,
        long delivered,
        long dropped,
        long gaps,
        long bytes,
        long waiting,
        long uptimeMillis) {}
