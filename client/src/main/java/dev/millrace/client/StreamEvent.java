package dev.millrace.client;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an {@link EventStream} delivers: mostly messages, and between them what happened to the stream itself. */
public sealed interface StreamEvent {

    /**
     * A published event.
     *
     * @param name its type, "message" where it has none
     * @param data its text
     * @param lastEventId the stream's position after it; empty where the server sends no ids
     */
    record Message(String name, String data, String lastEventId) implements StreamEvent {}

    /**
     * Events of a channel that this stream will never deliver, because the hub no longer has them: time to load afresh
     * what the application derives from them.
     *
     * @param channel the channel or pattern; empty for the broadcasts
     * @param after the position that the stream had reached; empty where the hub could not read it
     * @param resumedAt the position after which nothing is missing
     */
    record Gap(Optional<String> channel, Optional<String> after, String resumedAt) implements StreamEvent {}

    /**
     * The hub accepted the stream, for the first time or again.
     *
     * @param clientId the id for steering this stream; whoever knows it can steer it too
     * @param channels the channels and patterns that it listens to
     * @param resumed whether everything since the last position will be delivered; empty where there was no position
     * @param lastEventId the position where it begins
     */
    record Connected(String clientId, List<String> channels, Optional<Boolean> resumed, String lastEventId)
            implements StreamEvent {}

    /** A comment of the server, which is only delivered where it was asked for. */
    record Comment(String text) implements StreamEvent {}

    /**
     * The connection failed, was refused, fell silent or was ended by the hub.
     *
     * @param cause what happened; a {@link RefusedException} where the hub answered with an error
     * @param retryIn how long the stream waits before it connects again; empty where it is over
     */
    record Fault(IOException cause, Optional<Duration> retryIn) implements StreamEvent {}
}
