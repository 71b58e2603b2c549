package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Carries out orders to streams of this node. Thread-safe. */
final class Orders {
    private final Registry registry;
    private final Claims claims;

    Orders(Registry registry, Claims claims) {
        this.registry = registry;
        this.claims = claims;
    }

    /** Carries it out; {@link Outcome.Unknown} where this node has no such stream. */
    CompletionStage<Outcome> carryOut(Order order) {
        if (order.deed() instanceof Order.Deed.Yield) {
            return done(makeWay(order));
        }
        Optional<Subscriber> found = registry.find(order.clientId());
        if (found.isEmpty()) {
            return done(new Outcome.Unknown());
        }
        if (!order.mandate().covers(found.get().user())) {
            return done(new Outcome.Foreign());
        }
        return carryOut(found.get(), order.deed());
    }

    private static CompletionStage<Outcome> carryOut(Subscriber stream, Order.Deed deed) {
        if (deed instanceof Order.Deed.Subscribe subscribe) {
            return steered(() -> stream.subscribe(subscribe.entry()));
        } else if (deed instanceof Order.Deed.Unsubscribe unsubscribe) {
            return steered(() -> stream.unsubscribe(unsubscribe.entry()));
        } else if (deed instanceof Order.Deed.Send send) {
            return stream.send(send.name(), send.data())
                    .thenApply(isTaken -> isTaken ? new Outcome.Done(stream.channels()) : new Outcome.Busy());
        } else if (deed instanceof Order.Deed.Renew renew) {
            CompletionStage<ChannelSet> left =
                    stream.keepOnly(entry -> !renew.leaving().contains(entry));
            stream.renew(renew.expiresAt());
            return left.thenApply(Outcome.Done::new);
        } else if (deed instanceof Order.Deed.Kick) {
            stream.close(Notice.Reason.KICKED);
        }
        return done(new Outcome.Done(stream.channels()));
    }

    private static CompletionStage<Outcome> steered(Supplier<CompletionStage<ChannelSet>> steering) {
        try {
            return steering.get().thenApply(Outcome.Done::new);
        } catch (IllegalArgumentException e) {
            return done(new Outcome.Refused(String.valueOf(e.getMessage())));
        }
    }

    private Outcome makeWay(Order order) {
        return claims.makeWay(order.clientId(), order.mandate())
                .or(() -> registry.makeWay(order.clientId(), order.mandate()))
                .orElse(new Outcome.Unknown());
    }

    private static CompletionStage<Outcome> done(Outcome outcome) {
        return CompletableFuture.completedFuture(outcome);
    }
}
