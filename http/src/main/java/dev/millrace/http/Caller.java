package dev.millrace.http;

import java.time.Instant;
import java.util.Optional;

/** Who sends a request, and what they may do. */
public interface Caller {
    /** The user; empty where nobody is known. */
    Optional<String> subject();

    /** When these rights end; empty where they last. */
    Optional<Instant> expiry();

    /** Whether a channel, or every channel of a pattern, may be listened to. */
    boolean maySubscribe(String channelOrPattern);

    /** Whether a channel may be published on. */
    boolean mayPublish(String channel);

    /** Whether events for everyone may be published. */
    boolean mayBroadcast();

    /** Whether everything is granted, looking at the hub and ending streams included. */
    boolean admin();
}
