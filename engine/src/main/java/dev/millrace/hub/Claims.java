package dev.millrace.hub;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.LongSupplier;

/**
 * The streams with names of their clients' choice that are being opened on this node. Thread-safe.
 *
 * <p>A client may open streams on two nodes at once. All nodes hear of both in one order, and the later one stays: an opening makes
 * way for another node's that is heard of after it, and never for one before it. A node that waits in vain for the others opens
 * the stream all the same, so an opening may be over before it is heard of; its claim is kept until then.
 */
final class Claims {
    /** What was not heard of for so long never will be: the link was cut. */
    static final long UNHEARD_MILLIS = 10_000;

    /** One opening. */
    static final class Claim {
        private final String clientId;
        private final Order.Mandate mandate;
        private final long number;
        private boolean isAnnounced;
        private boolean isOver;
        private long overMillis;
        private volatile boolean isLost;

        private Claim(String clientId, Optional<String> user, long number) {
            this.clientId = clientId;
            this.mandate = Order.Mandate.of(user);
            this.number = number;
        }

        Order order() {
            return new Order(clientId, mandate, new Order.Deed.Yield(number));
        }

        /** Whether the client has opened a later stream on another node. */
        boolean isLost() {
            return isLost;
        }
    }

    private final LongSupplier monotonicMillis;

    // guarded by this
    private final Map<String, Claim> claims = new HashMap<>();
    private final Queue<Claim> unheard = new ArrayDeque<>(); // those that are over, oldest first
    private long numbers;

    Claims(LongSupplier monotonicMillis) {
        this.monotonicMillis = monotonicMillis;
    }

    synchronized Claim begin(String clientId, Optional<String> user) {
        forgetOld();
        numbers++;
        Claim claim = new Claim(clientId, user, numbers);
        claims.put(clientId, claim);
        return claim;
    }

    private void forgetOld() {
        for (Claim oldest = unheard.peek();
                oldest != null && monotonicMillis.getAsLong() - oldest.overMillis > UNHEARD_MILLIS;
                oldest = unheard.peek()) {
            unheard.poll();
            claims.remove(oldest.clientId, oldest);
        }
    }

    /**
     * The stream is open, or was refused.
     *
     * @param isTold whether the other nodes are told of this opening
     */
    synchronized void end(Claim claim, boolean isTold) {
        if (claim.isAnnounced || !isTold) {
            claims.remove(claim.clientId, claim);
        } else if (claim.equals(claims.get(claim.clientId))) {
            claim.isOver = true;
            claim.overMillis = monotonicMillis.getAsLong();
            unheard.add(claim);
        }
    }

    /** All nodes have been told of this opening. */
    synchronized void announced(String clientId, long number) {
        Claim claim = claims.get(clientId);
        if (claim != null && claim.number == number) {
            claim.isAnnounced = true;
            if (claim.isOver) {
                claims.remove(clientId);
                unheard.remove(claim);
            }
        }
    }

    /**
     * Another node opens a stream of this name: what an opening here says to that; empty where there is none, and where it is for
     * the stream that was open before to say.
     */
    synchronized Optional<Outcome> makeWay(String clientId, Order.Mandate other) {
        forgetOld();
        Claim claim = claims.get(clientId);
        if (claim == null) {
            return Optional.empty();
        }
        if (!claim.isAnnounced) { // the later one of the two
            return claim.isOver ? Optional.of(new Outcome.Unknown()) : Optional.empty();
        }
        if (!claim.mandate.equals(other)) {
            return Optional.of(new Outcome.Foreign());
        }
        claim.isLost = true;
        return Optional.of(new Outcome.Yielded(Steering.NONE));
    }
}
