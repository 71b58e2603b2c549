package dev.millrace.bench.load;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;
import java.util.List;

/** How a server is spoken to: how one listens to a channel, and how one publishes to it. Stateless. */
public interface Dialect {
    /**
     * Adds the handlers of a connection that listens. They ask for the channel as soon as the connection is there, and tell the
     * arrivals on its event loop.
     */
    void listen(ChannelPipeline pipeline, LoadPlan plan, int channel, Arrivals arrivals);

    /** The request that publishes an event with this data, which is plain ASCII without quotes. */
    FullHttpRequest publish(LoadPlan plan, int channel, byte[] data);

    /**
     * The request that publishes several events to one channel.
     *
     * @throws UnsupportedOperationException if the server takes one at a time only
     */
    default FullHttpRequest publishAll(LoadPlan plan, int channel, List<byte[]> data) {
        throw new UnsupportedOperationException("this server takes one event at a time");
    }
}
