package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The presence of one node: looks through its own streams. */
final class LocalPresence implements Presence {
    private final Registry registry;
    private volatile @Nullable Node hub;

    LocalPresence(Registry registry) {
        this.registry = registry;
    }

    @Override
    public void join(Node node) {
        hub = node;
    }

    @Override
    public CompletionStage<Cluster> cluster() {
        Statistics own = hub().statistics();
        return CompletableFuture.completedFuture(new Cluster(1, own.connections(), own.published(), own.delivered()));
    }

    @Override
    public CompletionStage<List<ClientInfo>> clients(ClientQuery query) {
        return hub().clients(query);
    }

    private Node hub() {
        Node joined = hub;
        if (joined == null) {
            throw new IllegalStateException("no hub has joined");
        }
        return joined;
    }

    @Override
    public void arrived(Listener listener) {
        // the registry knows it
    }

    @Override
    public void left(Listener listener) {
        // the registry knows it
    }

    @Override
    public CompletionStage<List<Listener>> of(ChannelName channel, int limit) {
        List<Listener> found = new ArrayList<>();
        for (Subscriber subscriber : registry.all()) {
            if (found.size() == limit) {
                break;
            }
            if (subscriber.channels().contains(channel)) {
                found.add(subscriber.listener());
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public CompletionStage<Outcome> order(Order order) {
        return CompletableFuture.completedFuture(new Outcome.Unknown()); // there is no other node
    }

    @Override
    public void close() {}
}
