package dev.millrace.bench.load;

import io.netty.channel.ChannelPipeline;

/** How a server is spoken to: how one listens to a channel, and how one publishes to it. Stateless. */
public interface Dialect {
    /**
     * Adds the handlers of a connection that listens. They ask for the channel as soon as the connection is there, and tell the
     * arrivals on its event loop.
     */
    void listen(ChannelPipeline pipeline, LoadPlan plan, int channel, Arrivals arrivals);

    /** The request that publishes an event to a channel. Its data is plain ASCII without quotes. */
    PublishRequest publish(LoadPlan plan, int channel);

    /**
     * The request that publishes the plan's batch of events to one channel.
     *
     * @throws UnsupportedOperationException if the server takes one at a time only
     */
    default PublishRequest publishAll(LoadPlan plan, int channel) {
        throw new UnsupportedOperationException("this server takes one event at a time");
    }
}
