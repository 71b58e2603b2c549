package dev.millrace.sse;

/**
 * What an {@link SseParser} tells of a stream, in the stream's order. Called on the thread that parses; only events are
 * told unless the other methods are overridden.
 */
public interface SseHandler {

    /** An event was dispatched. */
    void event(SseEvent event);

    /** A block without data moved the last event ID: a reconnect resumes from there, though there is no event. */
    default void lastEventId(String id) {}

    /** The server set the reconnection time, in milliseconds. */
    default void retry(long millis) {}

    /** A comment, without its colon and without one space after it. */
    default void comment(String text) {}
}
