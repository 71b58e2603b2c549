package dev.millrace.client;

/**
 * Who is told what a stream delivers. Called on one thread, one value after another; what it throws goes to that thread's
 * uncaught-exception handler, and the next value follows.
 */
@FunctionalInterface
public interface EventListener {

    /** A published event. */
    void onMessage(StreamEvent.Message message);

    /** Events of a channel are lost to this stream. */
    default void onGap(StreamEvent.Gap gap) {}

    /** The hub accepted the stream, for the first time or again. */
    default void onConnected(StreamEvent.Connected connected) {}

    /** The connection failed; the stream goes on by itself if the fault says so. */
    default void onFault(StreamEvent.Fault fault) {}

    /** A comment, where they were asked for. */
    default void onComment(StreamEvent.Comment comment) {}

    /** The stream is over; nothing follows. */
    default void onEnd() {}
}
