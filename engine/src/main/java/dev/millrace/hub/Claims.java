package dev.millrace.hub;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The streams with names of their clients' choice that are being opened on this node. Thread-safe.
 *
 * <p>A client may open streams on two nodes at once. All nodes hear of both in one order, and the later one stays: an opening is
 * lost when another node's is heard of after it.
 */
final class Claims {
    /** One opening. */
    static final class Claim {
        private final Order.Mandate mandate;
        private final long number;
        private volatile boolean isAnnounced;
        private volatile boolean isLost;

        private Claim(Optional<String> user, long number) {
            this.mandate = Order.Mandate.of(user);
            this.number = number;
        }

        Order.Deed deed() {
            return new Order.Deed.Yield(number);
        }

        Order.Mandate mandate() {
            return mandate;
        }

        /** Whether the client has opened a later stream on another node. */
        boolean isLost() {
            return isLost;
        }
    }

    private final Map<String, Claim> claims = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    Claim begin(String clientId, Optional<String> user) {
        Claim claim = new Claim(user, numbers.incrementAndGet());
        claims.put(clientId, claim);
        return claim;
    }

    void end(String clientId, Claim claim) {
        claims.remove(clientId, claim);
    }

    /** All nodes have been told of this opening. */
    void announced(String clientId, long number) {
        Claim claim = claims.get(clientId);
        if (claim != null && claim.number == number) {
            claim.isAnnounced = true;
        }
    }

    /** Another node opens a stream of this name: what an opening here says to that; empty where there is none before it. */
    Optional<Outcome> makeWay(String clientId, Order.Mandate other) {
        Claim claim = claims.get(clientId);
        if (claim == null || !claim.isAnnounced) {
            return Optional.empty();
        }
        if (!claim.mandate.equals(other)) {
            return Optional.of(new Outcome.Foreign());
        }
        claim.isLost = true;
        return Optional.of(new Outcome.Yielded(Steering.NONE));
    }
}
