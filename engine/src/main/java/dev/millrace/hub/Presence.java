package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Who listens where, on all nodes, and what the nodes do. Thread-safe; never blocks. */
public interface Presence extends AutoCloseable {
    /** The hub of one node, as the others see it. Thread-safe; never blocks. */
    interface Node {
        /** Its figures. */
        Statistics statistics();

        /** Its open streams that are asked for. */
        CompletionStage<List<ClientInfo>> clients(ClientQuery query);

        /** Carries out what was ordered on another node, where the stream is one of its own. */
        CompletionStage<Outcome> carryOut(Order order);

        /** All nodes have been told by now that a client opens a stream here, as they are of every {@code Yield}: in one order. */
        void announced(String clientId, long opening);
    }

    /** Called once, when the hub of this node is there. */
    void join(Node node);

    /** A stream of this node was opened, or listens to other channels now. */
    void arrived(Listener listener);

    /** A stream of this node has ended. */
    void left(Listener listener);

    /** Who gets the events of a channel, broadcasts aside; at most so many. */
    CompletionStage<List<Listener>> of(ChannelName channel, int limit);

    /** The open streams that are asked for, by their ids. */
    CompletionStage<List<ClientInfo>> clients(ClientQuery query);

    /** The figures of all nodes. */
    CompletionStage<Cluster> cluster();

    /**
     * Gives an order to a stream that is not on this node.
     *
     * <p>Fails with {@link dev.millrace.log.LogUnavailableException} where it can't be known in time whether another node has it.
     */
    CompletionStage<Outcome> order(Order order);

    @Override
    void close();
}
