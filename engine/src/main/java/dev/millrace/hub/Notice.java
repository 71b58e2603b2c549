package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Position;
import java.util.Optional;

/** What the hub itself tells one stream. None of these is in the log, and none but {@code Connected} carries an id. */
public sealed interface Notice {
    /**
     * The first word of a stream.
     *
     * @param position where it begins: everything after it follows
     * @param resumed whether everything since the given id will be delivered; empty where none was given
     */
    record Connected(String clientId, ChannelSet channels, Position position, Optional<Boolean> resumed)
            implements Notice {}

    /** From here on the stream carries this channel or pattern. */
    record Subscribed(String channel) implements Notice {}

    /** From here on it does not. */
    record Unsubscribed(String channel) implements Notice {}

    /** Events are missing here. */
    record Gap(dev.millrace.log.Gap gap) implements Notice {}

    /** The stream's permission has ended; the stream ends after this. */
    record Expired() implements Notice {}

    /** The hub ends the stream on purpose. */
    record Closing(Reason reason) implements Notice {}

    /** Nothing else came for a while. */
    record Heartbeat(long timeMillis) implements Notice {}

    /** An event for this one client. */
    record Message(String name, String data) implements Notice {}

    /** Why the hub ends a stream. */
    enum Reason {
        /** It has reached the greatest age. */
        AGE,
        /** The hub stops. */
        DRAINING,
        /** The hub has no room for it. */
        FULL,
        /** An operator ended it. */
        KICKED,
        /** The same client came back on another connection. */
        REPLACED
    }
}
