package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.Gap;
import dev.millrace.log.KeyConflictException;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The place where events are published and subscribers listen.
 *
 * <pre>{@code
 * try (Hub hub = Hub.inMemory()) {
 *     hub.subscribe("orders/*", event -> System.out.println(event.data()));
 *     hub.publish("orders/42", "status", "{\"state\":\"shipped\"}");
 * }
 * }</pre>
 *
 * <p>Thread-safe; no method blocks. Names are checked by the rules of {@link ChannelName} and {@link Publication}, which throw
 * {@link IllegalArgumentException} at once; what can't be kept fails the returned stage.
 */
public final class Hub implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Hub.class.getName());

    private final EventLog log;
    private final Clock clock;
    private final LongSupplier monotonicMillis;
    private final HubSettings settings;
    private final Observer observer;
    private final Bookmarks bookmarks;
    private final Presence presence;
    private final Registry registry = new Registry(this);
    private final Claims claims;
    private final Orders orders;
    private final Opening opening = new Opening(this);
    private final Room room = new Room(this);
    private final Map<Loop, Dispatcher> dispatcherOf = new ConcurrentHashMap<>();
    private volatile List<Dispatcher> dispatchers = List.of(); // the same, quick to go through
    private final Loop ownLoop;
    private final LongAdder published = new LongAdder();
    private final long startedAtMillis;
    private volatile boolean isDraining;

    Hub(HubBuilder builder) {
        clock = builder.clock;
        monotonicMillis = builder.monotonicMillis;
        claims = new Claims(monotonicMillis);
        orders = new Orders(registry, claims);
        settings = builder.settings;
        observer = builder.observer;
        log = builder.log == null ? new MemoryLog(Retention.standard(), clock) : builder.log;
        bookmarks = builder.bookmarks == null ? new MemoryBookmarks(100_000) : builder.bookmarks;
        presence = builder.presence == null ? new LocalPresence(registry) : builder.presence;
        ownLoop = builder.loop == null ? new ThreadLoop("millrace-hub") : builder.loop;
        startedAtMillis = monotonicMillis.getAsLong();
        log.follow(new EventLog.Follower() {
            @Override
            public void appended() {
                dispatchers.forEach(Dispatcher::wake);
            }

            @Override
            public void appended(Position before, List<Event> events) {
                List<Dispatcher> all = dispatchers;
                for (int i = 0; i < all.size(); i++) {
                    all.get(i).appended(before, events); // by index: this is done for each publish
                }
            }

            @Override
            public void reached(Position before, Position through) {
                List<Dispatcher> all = dispatchers;
                for (int i = 0; i < all.size(); i++) {
                    all.get(i).reached(before, through);
                }
            }

            @Override
            public void missed(Gap gap) {
                dispatchers.forEach(dispatcher -> dispatcher.missed(gap));
            }

            @Override
            public void passing(Event event) {
                pass(event);
            }
        });
        presence.join(new ThisNode(this, registry, orders, claims));
        ownLoop.every(Duration.ofSeconds(1), log::trim);
    }

    /** A hub that keeps its history in memory, with the standard settings. */
    public static Hub inMemory() {
        return builder().build();
    }

    /** A hub put together from parts. */
    public static HubBuilder builder() {
        return new HubBuilder();
    }

    // ---- publishing ----

    /** Publishes an event with a name; completes with its place when it is kept. */
    public CompletionStage<Position> publish(String channel, String name, String data) {
        return publish(Publication.to(ChannelName.of(channel), data).named(name))
                .thenApply(Receipt::position);
    }

    /** Publishes an event without a name; completes with its place when it is kept. */
    public CompletionStage<Position> publish(String channel, String data) {
        return publish(channel, "", data);
    }

    /** Publishes an event to every stream; completes with its place when it is kept. */
    public CompletionStage<Position> broadcast(String name, String data) {
        return publish(Publication.to(ChannelName.ALL, data).named(name)).thenApply(Receipt::position);
    }

    /** Publishes one event; completes when it is kept. */
    public CompletionStage<Receipt> publish(Publication publication) {
        return publish(List.of(publication)).thenApply(receipts -> receipts.get(0));
    }

    /**
     * Publishes events one after another, all or none; completes when they are kept.
     *
     * @throws EventTooLargeException if one is larger than the hub takes
     */
    public CompletionStage<List<Receipt>> publish(List<Publication> publications) {
        for (Publication publication : publications) {
            settings.requireFits(publication);
        }
        long sinceNanos = observer.nanoTime();
        return log.append(publications).whenComplete((receipts, failure) -> {
            if (failure == null) {
                published.add(
                        receipts.stream().filter(receipt -> !receipt.isRepeat()).count());
                observer.kept(observer.nanoTime() - sinceNanos);
            } else if (!(failure instanceof KeyConflictException
                    || failure.getCause() instanceof KeyConflictException)) {
                observer.notKept();
            }
        });
    }

    /**
     * Publishes what a source gives, in order, and asks it for more only as the streams are given what was published.
     *
     * @return completes with how many events were kept when the source is at its end; fails where it or the hub does
     */
    public CompletionStage<Long> publishAll(Flow.Publisher<Publication> source) {
        Feed feed = new Feed(this);
        source.subscribe(feed);
        return feed.end();
    }

    /** Completes when the hub has room for more: when what was published has been given to the streams, all but a little. */
    public CompletionStage<Void> room() {
        return room.await();
    }

    /**
     * Sends an event to each stream of this node that the filter takes; it is not kept and carries no id.
     *
     * @return how many streams took it
     */
    public CompletionStage<Delivery> send(Predicate<? super Listener> audience, String name, String data) {
        Publication.requireValidName(name);
        return Delivery.to(registry.all(), audience, name, data);
    }

    /** How many streams of this node the events of a channel go to. */
    public int recipients(ChannelName channel) {
        return registry.demand().of(channel);
    }

    // ---- listening ----

    /** Calls the listener with each event of a channel or pattern from now on, on the hub's own thread. */
    public Subscriber subscribe(String channel, Consumer<? super Event> listener) {
        return subscribe(Subscription.to(ChannelSet.of(channel)), listener);
    }

    /** Calls the listener with each event that is asked for, on the hub's own thread; a gap goes to the system's log. */
    public Subscriber subscribe(Subscription request, Consumer<? super Event> listener) {
        return subscribe(
                request, listener, gap -> LOGGER.log(System.Logger.Level.WARNING, "a listener was too slow: {0}", gap));
    }

    /** Calls one listener with each event that is asked for, and another with each gap, on the hub's own thread. */
    public Subscriber subscribe(
            Subscription request, Consumer<? super Event> listener, Consumer<? super Gap> gapListener) {
        EventListener sink = new EventListener(listener, gapListener, e -> failed("a listener threw", e));
        return CompletableFuture.supplyAsync(() -> open(request, sink, ownLoop), ownLoop)
                .thenCompose(opened -> opened)
                .join();
    }

    /**
     * The events that are asked for, as a reactive stream: read from the history only as fast as they are requested.
     *
     * <p>A reader that has fallen out of the history gets {@link EventsLostException}; it may subscribe again.
     */
    public Flow.Publisher<Event> events(Subscription request) {
        return new EventFlow(this, request, ownLoop);
    }

    /**
     * Opens a stream. Call it on the loop that is given; the sink is used on that loop only.
     *
     * <p>The stage completes after the stream's first words were written, or fails with {@link HubFullException},
     * {@link ClientIdTakenException}, or {@link IllegalArgumentException} for too many channels.
     */
    public CompletionStage<Subscriber> open(Subscription request, EventSink<?> sink, Loop loop) {
        return opening.open(request, sink, dispatcherOf.computeIfAbsent(loop, this::newDispatcher));
    }

    private Dispatcher newDispatcher(Loop loop) {
        Dispatcher dispatcher = new Dispatcher(this, loop);
        loop.every(Duration.ofMillis(Wheel.TICK_MILLIS), dispatcher::tick);
        synchronized (dispatcherOf) {
            List<Dispatcher> more = new ArrayList<>(dispatchers);
            more.add(dispatcher);
            dispatchers = List.copyOf(more);
        }
        dispatcher.wake(); // for what was appended while it was not in the list
        return dispatcher;
    }

    /** The open stream of this node with this id. */
    public Optional<Subscriber> subscriber(String clientId) {
        return registry.find(clientId);
    }

    /** The open streams of this node. A live view. */
    public Collection<Subscriber> subscribers() {
        return registry.all();
    }

    /**
     * Gives an order to the stream of one client, on whichever node it is.
     *
     * <p>Fails with {@link dev.millrace.log.LogUnavailableException} where it is not here, and it can't be known in time whether
     * another node has it.
     */
    public CompletionStage<Outcome> order(Order order) {
        return orders.carryOut(order)
                .thenCompose(outcome -> outcome instanceof Outcome.Unknown
                        ? presence.order(order)
                        : CompletableFuture.completedFuture(outcome));
    }

    /** Ends all streams of a user on all nodes; answers how many there were on this one. */
    public int kick(String user) {
        var unused = log.append(
                List.of(Publication.to(ChannelName.CONTROL, user).named("kick").unkept()));
        return registry.of(user).size();
    }

    private void pass(Event event) {
        if (!event.channel().equals(ChannelName.CONTROL)) {
            dispatchers.forEach(dispatcher -> dispatcher.pass(event));
        } else if (event.name().equals("kick")) {
            registry.of(event.data()).forEach(subscriber -> subscriber.close(Notice.Reason.KICKED));
        }
    }

    // ---- looking ----

    /** The log under the hub. */
    public EventLog log() {
        return log;
    }

    /** Who listens where, on all nodes. */
    public Presence presence() {
        return presence;
    }

    /** The limits and intervals. */
    public HubSettings settings() {
        return settings;
    }

    /** The channels that have history or listeners, by name, from {@code after} on. */
    public CompletionStage<List<ChannelInfo>> channels(String prefix, String after, int limit) {
        return ChannelList.of(this, prefix, after, limit);
    }

    /** Figures since the start. */
    public Statistics statistics() {
        return new Statistics(
                registry.size(),
                settings.maxConnections(),
                registry.averageAgeMillis(),
                sum(tally -> tally.lagging),
                registry.demand().size(),
                published.sum(),
                sum(tally -> tally.delivered),
                sum(tally -> tally.dropped),
                sum(tally -> tally.gaps),
                sum(tally -> tally.bytes),
                dispatchers.stream().mapToLong(Dispatcher::waitingCount).max().orElse(0),
                monotonicMillis() - startedAtMillis);
    }

    private long sum(Function<Tally, LongAdder> figure) {
        return dispatchers.stream()
                .mapToLong(dispatcher -> figure.apply(dispatcher.tally()).sum())
                .sum();
    }

    /** Figures of all nodes together; fails where they can't be had at present. */
    public CompletionStage<Cluster> cluster() {
        return presence.cluster();
    }

    // ---- the end ----

    /** Takes no new streams, and tells the open ones to come back elsewhere. Publishing goes on. */
    public void drain() {
        isDraining = true;
        registry.all().forEach(subscriber -> subscriber.close(Notice.Reason.DRAINING));
    }

    /** Ends all streams at once, and closes the log, the bookmarks and the presence. */
    @Override
    public void close() {
        drain();
        dispatchers.forEach(dispatcher -> dispatcher.execute(dispatcher::abortEndings));
        if (ownLoop instanceof ThreadLoop thread) {
            thread.close();
        }
        presence.close();
        bookmarks.close();
        log.close();
    }

    // ---- for the parts of the hub ----

    Registry registry() {
        return registry;
    }

    Claims claims() {
        return claims;
    }

    Bookmarks bookmarks() {
        return bookmarks;
    }

    Clock clock() {
        return clock;
    }

    long monotonicMillis() {
        return monotonicMillis.getAsLong();
    }

    boolean isDraining() {
        return isDraining;
    }

    Observer observer() {
        return observer;
    }

    List<Dispatcher> dispatchers() {
        return dispatchers;
    }

    /** A dispatcher has come further. */
    void dispatched() {
        room.check();
    }

    void requireRoomFor(ChannelSet channels) {
        if (channels.entries().size() > settings.maxChannelsPerClient()) {
            throw new IllegalArgumentException("a client may listen to at most " + settings.maxChannelsPerClient()
                    + " channels and patterns: listen to fewer, or use a pattern");
        }
    }

    void failed(String what, Throwable cause) {
        LOGGER.log(System.Logger.Level.WARNING, what, cause);
    }
}
