package dev.millrace.redis;

import dev.millrace.hub.Order;
import dev.millrace.hub.Outcome;
import dev.millrace.hub.Presence;
import dev.millrace.hub.Subscription;
import dev.millrace.log.LogUnavailableException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Orders to streams of other nodes: all nodes hear each, and answer; the one that has the stream carries it out. Thread-safe.
 *
 * <p>Nobody keeps a list of which node has which stream, so there is none that could be wrong. An order that a frozen node takes up
 * when nobody waits for its answer any more is not carried out: each has a deadline, in the server's time. Only a stream's opening is heeded
 * however late: it would have two streams else.
 */
final class RedisOrders {
    private static final long PATIENCE_MILLIS = 2000;
    private static final long CLAIM_MILLIS = 500; // so long a stream is not opened
    private static final long SIGN_MILLIS = 5000; // a node that gave one within so long is there

    private final Keys keys;
    private final String ownId;
    private final Questions questions;
    private final Supplier<CompletionStage<List<Beat>>> beats;
    private volatile Presence.@Nullable Node node;
    private volatile @Nullable Long aheadMillis;

    /** @param beats asks Redis for the nodes' signs of life */
    RedisOrders(Keys keys, String ownId, Questions questions, Supplier<CompletionStage<List<Beat>>> beats) {
        this.keys = keys;
        this.ownId = ownId;
        this.questions = questions;
        this.beats = beats;
    }

    void join(Presence.Node ofHub) {
        node = ofHub;
    }

    /** The server's clock is ahead of this node's monotonic one by so much. */
    void clock(long serversAheadMillis) {
        aheadMillis = serversAheadMillis;
    }

    /** Gives an order to a stream of another node. */
    CompletionStage<Outcome> give(Order order) {
        Long ahead = aheadMillis;
        if (!Subscription.isClientId(order.clientId())) {
            return CompletableFuture.completedFuture(new Outcome.Unknown());
        }
        if (ahead == null) {
            return unreachable(order);
        }
        long patience = order.deed() instanceof Order.Deed.Yield ? CLAIM_MILLIS : PATIENCE_MILLIS;
        long deadline = Lives.monotonicMillis() + patience + ahead;
        return questions.ask(
                keys.order(),
                number -> new OrderMessage.Given(number, ownId, deadline, order).bytes(),
                new Outcomes(order),
                patience);
    }

    private static CompletionStage<Outcome> unreachable(Order order) {
        String detail = order.deed() instanceof Order.Deed.Look
                ? "not every node has answered"
                : "not every node has answered, so it may have been done, or not";
        return CompletableFuture.failedFuture(
                new LogUnavailableException("the stream is not on this node, and " + detail + ": repeat the request"));
    }

    private final class Outcomes implements Questions.Gathering<Outcome> {
        private final Order order;

        Outcomes(Order order) {
            this.order = order;
        }

        @Override
        public Optional<Outcome> add(byte[] answer) {
            return OrderMessage.Answered.parse(answer)
                    .map(OrderMessage.Answered::outcome)
                    .filter(outcome -> !(outcome instanceof Outcome.Unknown));
        }

        @Override
        public CompletionStage<Outcome> end(int nodes, boolean isAll) {
            if (!isAll) {
                return unreachable(order);
            }
            if (order.deed() instanceof Order.Deed.Yield) {
                return CompletableFuture.completedFuture(new Outcome.Unknown());
            }
            return beats.get()
                    .thenCompose(all -> Beat.within(all, SIGN_MILLIS) > nodes // one does not hear at present
                            ? unreachable(order)
                            : CompletableFuture.completedFuture(new Outcome.Unknown()));
        }
    }

    /** All nodes hear this; this one, too, where it has said it itself. */
    void hear(byte[] message) {
        OrderMessage.Given.parse(message).ifPresent(given -> {
            if (given.node().equals(ownId)) {
                heardOwn(given);
            } else if (!isLate(given)) {
                carryOut(given.order())
                        .thenAccept(outcome -> questions.answer(
                                given.node(), new OrderMessage.Answered(given.number(), outcome).bytes()));
            }
        });
    }

    private void heardOwn(OrderMessage.Given given) {
        Presence.Node hub = node;
        if (hub != null && given.order().deed() instanceof Order.Deed.Yield opening) {
            hub.announced(given.order().clientId(), opening.opening());
        }
        questions.hear(new OrderMessage.Answered(given.number(), new Outcome.Unknown()).bytes());
    }

    private CompletionStage<Outcome> carryOut(Order order) {
        Presence.Node hub = node;
        return hub == null
                ? CompletableFuture.completedFuture(new Outcome.Unknown()) // a node without a hub has no streams
                : hub.carryOut(order);
    }

    private boolean isLate(OrderMessage.Given order) {
        Long ahead = aheadMillis;
        return !(order.order().deed() instanceof Order.Deed.Yield)
                && ahead != null
                && Lives.monotonicMillis() + ahead > order.deadlineMillis(); // one that has just come has no old ones
    }
}
