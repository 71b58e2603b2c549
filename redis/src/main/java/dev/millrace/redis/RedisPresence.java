package dev.millrace.redis;

import dev.millrace.hub.ClientInfo;
import dev.millrace.hub.ClientQuery;
import dev.millrace.hub.Cluster;
import dev.millrace.hub.Listener;
import dev.millrace.hub.Order;
import dev.millrace.hub.Outcome;
import dev.millrace.hub.Presence;
import dev.millrace.log.ChannelName;
import dev.millrace.log.LogUnavailableException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The presence on all nodes: whoever wants to know asks all of them, and each answers for its own streams. Thread-safe.
 *
 * <p>Nothing of it is stored on Redis. So a million streams that come and go leave nothing there, and a node that dies leaves nobody
 * behind: it does not answer. The answer is what has come within {@value #PATIENCE_MILLIS} ms.
 */
final class RedisPresence implements Presence {
    private static final long PATIENCE_MILLIS = 1000;

    private final Keys keys;
    private final String ownId;
    private final String name;
    private final Link<StatefulRedisConnection<byte[], byte[]>> link;
    private final Questions questions;
    private final RedisOrders orders;
    private final Map<String, Listener> own = new ConcurrentHashMap<>();
    private volatile @Nullable Node hub;

    RedisPresence(
            Keys keys,
            String ownId,
            String name,
            Link<StatefulRedisConnection<byte[], byte[]>> link,
            ScheduledExecutorService timer) {
        this.keys = keys;
        this.ownId = ownId;
        this.name = name;
        this.link = link;
        this.questions = new Questions(keys, link, timer);
        this.orders = new RedisOrders(keys, ownId, questions, this::beats);
    }

    @Override
    public void join(Node ofThisNode) {
        hub = ofThisNode;
        orders.join(ofThisNode);
    }

    /** The figures of this node, as its sign of life tells them. */
    String figures() {
        Node joined = hub;
        return joined == null ? "0 0 0" : Beat.text(joined.statistics());
    }

    /** The server's clock is ahead of this node's monotonic one by so much. */
    void clock(long aheadMillis) {
        orders.clock(aheadMillis);
    }

    @Override
    public CompletionStage<Cluster> cluster() {
        return beats().thenApply(Beat::sum);
    }

    private CompletionStage<List<Beat>> beats() {
        CompletionStage<List<Beat>> asked = link.whenUp()
                .thenCompose(connection -> connection.async().hgetall(keys.nodes()))
                .thenApply(all -> all.values().stream()
                        .map(beat -> Beat.parse(new String(beat, StandardCharsets.UTF_8)))
                        .toList());
        return link.limited(asked, Link.ANSWER_MILLIS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new LogUnavailableException(
                        "Redis: " + Trouble.of(failure).text())));
    }

    @Override
    public void arrived(Listener listener) {
        own.put(listener.clientId(), listener);
    }

    @Override
    public void left(Listener listener) {
        own.remove(listener.clientId());
    }

    @Override
    public CompletionStage<List<Listener>> of(ChannelName channel, int limit) {
        return questions
                .ask(
                        keys.ask(),
                        number -> new PresenceMessage.Asked(number, ownId, limit, channel).bytes(),
                        new Collected<>(
                                answer ->
                                        PresenceMessage.Answered.parse(answer).map(PresenceMessage.Answered::listeners),
                                () -> CompletableFuture.completedFuture(here(channel, limit))),
                        PATIENCE_MILLIS)
                .thenApply(found -> found.subList(0, Math.min(limit, found.size())));
    }

    @Override
    public CompletionStage<List<ClientInfo>> clients(ClientQuery query) {
        return questions
                .ask(
                        keys.ask(),
                        number -> new ClientMessage.Asked(number, ownId, query).bytes(),
                        new Collected<>(
                                answer -> ClientMessage.Answered.parse(answer).map(ClientMessage.Answered::clients),
                                () -> clientsHere(query)),
                        PATIENCE_MILLIS)
                .thenApply(found -> found.stream()
                        .sorted(Comparator.comparing(client -> client.listener().clientId()))
                        .limit(query.limit())
                        .toList());
    }

    /** What all nodes know, together; where Redis is away, what this one does. */
    private static final class Collected<T> implements Questions.Gathering<List<T>> {
        private final Function<byte[], Optional<List<T>>> parser;
        private final Supplier<CompletionStage<List<T>>> here;
        private final List<T> found = new ArrayList<>();

        Collected(Function<byte[], Optional<List<T>>> parser, Supplier<CompletionStage<List<T>>> here) {
            this.parser = parser;
            this.here = here;
        }

        @Override
        public Optional<List<T>> add(byte[] answer) {
            parser.apply(answer).ifPresent(found::addAll);
            return Optional.empty();
        }

        @Override
        public CompletionStage<List<T>> end(int nodes, boolean isAll) {
            return nodes == 0 ? here.get() : CompletableFuture.completedFuture(List.copyOf(found));
        }
    }

    private CompletionStage<List<ClientInfo>> clientsHere(ClientQuery query) {
        Node joined = hub;
        return joined == null
                ? CompletableFuture.completedFuture(List.of())
                : joined.clients(query)
                        .thenApply(all ->
                                all.stream().map(client -> client.on(name)).toList());
    }

    private List<Listener> here(ChannelName channel, int limit) {
        return own.values().stream()
                .filter(listener -> listener.channels().contains(channel))
                .limit(limit)
                .toList();
    }

    @Override
    public CompletionStage<Outcome> order(Order order) {
        return orders.give(order);
    }

    // ---- from the live link ----

    /** All nodes are asked who listens. */
    void asked(byte[] message) {
        PresenceMessage.Asked.parse(message)
                .ifPresent(asked -> questions.answer(
                        asked.node(),
                        new PresenceMessage.Answered(asked.number(), here(asked.channel(), asked.limit())).bytes()));
        ClientMessage.Asked.parse(message)
                .ifPresent(asked -> clientsHere(asked.query())
                        .thenAccept(found -> questions.answer(
                                asked.node(), new ClientMessage.Answered(asked.number(), name, found).bytes())));
    }

    /** All nodes hear of an order. */
    void ordered(byte[] message) {
        orders.hear(message);
    }

    /** This node has got an answer. */
    void answered(byte[] message) {
        questions.hear(message);
    }

    @Override
    public void close() {
        questions.close();
    }
}
