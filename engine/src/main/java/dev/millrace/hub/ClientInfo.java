package dev.millrace.hub;

import dev.millrace.log.Position;

/**
 * How one open stream stands.
 *
 * @param node the name of its node; empty where there is one node alone
 * @param listener who it is
 * @param protocol what it is spoken to in, such as {@code HTTP/1.1}; empty where that is nothing
 * @param position everything of its channels up to here was given to its connection
 * @param lag how many events of the log, of whatever channel, it has still to pass
 * @param bytes what its connection was given since it was opened
 * @param isDrained whether all of that has left for the peer
 * @param wroteAtMillis when its connection was last given something, in milliseconds since 1970
 */
public record ClientInfo(
        String node,
        Listener listener,
        String protocol,
        Position position,
        long lag,
        long bytes,
        boolean isDrained,
        long wroteAtMillis) {
    /** The same on a node with this name. */
    public ClientInfo on(String name) {
        return new ClientInfo(name, listener, protocol, position, lag, bytes, isDrained, wroteAtMillis);
    }
    /**
     * How a stream stands; on its loop.
     *
     * @param activeAtMillis when something was last written, by the clock that never jumps
     */
    static ClientInfo of(Subscriber stream, Hub hub, EventSink<?> sink, long activeAtMillis) {
        Position newest = hub.log().last();
        Position here = stream.position();
        long lag = here.epoch() == newest.epoch() ? Math.max(0, newest.offset() - here.offset()) : newest.offset();
        long wroteMillis = hub.clock().millis() - (hub.monotonicMillis() - activeAtMillis);
        return new ClientInfo(
                "", stream.listener(), sink.protocol(), here, lag, sink.written(), sink.isDrained(), wroteMillis);
    }
}
