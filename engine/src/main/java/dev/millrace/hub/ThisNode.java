package dev.millrace.hub;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the other nodes may ask this one. */
final class ThisNode implements Presence.Node {
    private final Hub hub;
    private final Registry registry;
    private final Orders orders;
    private final Claims claims;

    ThisNode(Hub hub, Registry registry, Orders orders, Claims claims) {
        this.hub = hub;
        this.registry = registry;
        this.orders = orders;
        this.claims = claims;
    }

    @Override
    public Statistics statistics() {
        return hub.statistics();
    }

    @Override
    public CompletionStage<List<ClientInfo>> clients(ClientQuery query) {
        return ClientList.of(registry.all(), query);
    }

    @Override
    public CompletionStage<Outcome> carryOut(Order order) {
        return orders.carryOut(order);
    }

    @Override
    public void announced(String clientId, long opening) {
        claims.announced(clientId, opening);
    }
}
