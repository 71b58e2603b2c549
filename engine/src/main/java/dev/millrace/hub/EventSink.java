package dev.millrace.hub;

/**
 * Where a subscriber's events go; says when it can take more.
 *
 * <p>All methods are called on the subscriber's loop, and must not block. Its owner calls {@link Subscriber#writable()} when it
 * can take more again, and {@link Subscriber#disconnected()} when the peer is gone.
 *
 * @param <B> what its form encodes events to
 */
public interface EventSink<B> {
    /** How it wants events encoded; the same object for all sinks that may share. */
    Form<B> form();

    /** Whether it takes a batch now. */
    boolean isWritable();

    /** Whether all that it took has left for the peer; false for ever where the peer went away before. */
    boolean isDrained();

    /** A number that changes whenever the peer takes bytes; tells a slow peer from a stuck one. */
    long progress();

    /** How many bytes it took since it was opened; 0 where it takes none. */
    default long written() {
        return 0;
    }

    /** What it speaks with its peer, such as {@code HTTP/1.1}; empty where that is nothing. */
    default String protocol() {
        return "";
    }

    /** Takes events; the batch is shared with other sinks, and only valid during the call unless its kind is counted. */
    void write(B batch);

    /** Takes a word of the hub itself, in its place between the events. */
    void tell(Notice notice);

    /** Sends what was taken on its way. */
    void flush();

    /** Ends the stream once what it took is sent. */
    void end();

    /** Ends the stream at once. */
    void abort();
}
