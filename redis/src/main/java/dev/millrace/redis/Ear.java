package dev.millrace.redis;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.EventWindow;
import dev.millrace.log.Position;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What this node hears on its live link: events of the channels that its readers want, and what other nodes ask, order and answer.
 * Thread-safe.
 *
 * <p>A channel is subscribed to, and joined by the next mark that is heard after that: what comes from there on is in the window, what
 * came before is read from Redis. Where a reader wants a pattern, all is heard from one place instead of each channel from its own, so
 * that Redis has nothing to compare.
 */
final class Ear {
    private static final System.Logger LOGGER = System.getLogger(Ear.class.getName());
    private static final long PATIENCE_MILLIS = 400; // for a channel to be heard

    private static final List<String> OWN =
            List.of(ChannelName.ALL.value(), ChannelName.CONTROL.value(), ChannelName.SYSTEM.value());

    /** A reader who waits until its channels are heard. */
    private static final class Waiter {
        final ChannelSet channels;
        final CompletableFuture<Void> heard = new CompletableFuture<>();

        Waiter(ChannelSet channels) {
            this.channels = channels;
        }
    }

    private final Keys keys;
    private final Tail tail;
    private final EventWindow window;
    private final Supplier<CompletionStage<Position>> marker;
    private final Executor later;
    private final Map<String, Consumer<byte[]>> takers;
    private final String mark;

    // guarded by this, which is taken while the tail is locked, and never the other way round
    private final Wants wants;
    private final Set<String> due = new HashSet<>(); // to be subscribed to
    private final Set<Waiter> waiting = new HashSet<>();
    private @Nullable Line line;
    private boolean isMarking;
    private boolean isMarkDue;

    /**
     * @param id of this node
     * @param marker asks for a mark
     * @param later runs what is done without a lock
     */
    Ear(
            Keys keys,
            String id,
            Wants wants,
            Tail tail,
            EventWindow window,
            RedisPresence presence,
            Supplier<CompletionStage<Position>> marker,
            Executor later) {
        this.keys = keys;
        this.wants = wants;
        this.tail = tail;
        this.window = window;
        this.marker = marker;
        this.later = later;
        this.takers = Map.of(
                text(keys.ask()), message -> Batch.open(message, presence::asked),
                text(keys.order()), message -> Batch.open(message, presence::ordered),
                text(keys.node(id)), message -> Batch.open(message, presence::answered));
        mark = text(keys.mark(id));
        window.leaveAll(Set.of());
    }

    // ---- what is wanted ----

    /** Hears these channels, once more. Completes when it does, or when that takes too long. */
    CompletionStage<Void> hear(ChannelSet channels) {
        Waiter waiter = new Waiter(channels);
        synchronized (this) {
            List<String> fresh = wants.add(channels);
            if (isHeard(channels)) {
                waiter.heard.complete(null);
                return waiter.heard;
            }
            waiting.add(waiter);
            if (due.isEmpty() && !fresh.isEmpty()) {
                later.execute(this::subscribe);
            }
            due.addAll(fresh);
        }
        waiter.heard
                .completeOnTimeout(null, PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((done, failure) -> forget(waiter));
        return waiter.heard;
    }

    private synchronized void forget(Waiter waiter) {
        waiting.remove(waiter);
    }

    /** Subscribes to what has come to be wanted, together. */
    private synchronized void subscribe() {
        Set<String> fresh = wants.those(due);
        due.clear();
        if (line != null && fresh.contains(Wants.ALL)) {
            line.subscribe(List.of(Wants.ALL), List.of());
            line.unsubscribe(wants.names());
        } else if (line != null && !wants.areAll()) {
            line.subscribe(fresh, List.of());
        }
    }

    private boolean isHeard(ChannelSet channels) {
        return window.hears(channels, window.last());
    }

    /** Need not hear these channels, once. */
    synchronized void leave(ChannelSet channels) {
        wants.remove(channels, Lives.monotonicMillis());
    }

    /** Hears no more what nobody has wanted for a while. */
    synchronized void tidy() {
        List<String> gone = wants.expire(Lives.monotonicMillis());
        if (gone.isEmpty()) {
            return;
        }
        boolean wereAll = gone.contains(Wants.ALL);
        if (line != null) {
            if (wereAll) {
                line.subscribe(wants.names(), List.of());
            }
            line.unsubscribe(gone);
        }
        window.leave(names(gone));
        if (wereAll) {
            window.leaveAll(names(wants.names()));
        }
    }

    private static Set<ChannelName> names(Collection<String> entries) {
        return entries.stream()
                .filter(entry -> !entry.equals(Wants.ALL))
                .map(ChannelName::new)
                .collect(Collectors.toSet());
    }

    // ---- the link ----

    /** Listens on a new connection. */
    CompletionStage<Void> listen(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
        Line next = new Line(keys, connection);
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] topic, byte[] message) {
                take(next, text(topic), message);
            }

            @Override
            public void subscribed(byte[] topic, long count) {
                keys.liveEntry(text(topic)).ifPresent(entry -> confirmed(next, entry));
            }

            @Override
            public void unsubscribed(byte[] topic, long count) {
                keys.liveEntry(text(topic)).ifPresent(entry -> left(next, entry));
            }
        });
        tail.cut();
        return subscribe(next).thenAccept(done -> tail.mend());
    }

    private synchronized CompletionStage<Void> subscribe(Line next) {
        line = next;
        List<byte[]> places = new ArrayList<>();
        takers.keySet().forEach(topic -> places.add(bytes(topic)));
        places.add(bytes(mark));
        OWN.forEach(name -> places.add(keys.live(name)));
        return next.subscribe(wants.areAll() ? List.of(Wants.ALL) : wants.names(), places);
    }

    private void confirmed(Line on, String entry) {
        boolean isFresh;
        synchronized (this) {
            isFresh = !OWN.contains(entry) && on.confirm(entry) && !isHeard(ChannelSet.of(entry));
            if (isFresh) {
                on.freshen(entry);
            }
        }
        if (isFresh) {
            askForMark();
        }
    }

    private synchronized void left(Line on, String entry) {
        on.leave(entry);
    }

    /** One mark is asked for at a time: what is in force when it comes is joined by it. */
    private void askForMark() {
        synchronized (this) {
            isMarkDue = isMarking;
            if (isMarking) {
                return;
            }
            isMarking = true;
        }
        Link.attempt(marker).whenComplete((done, failure) -> {
            boolean isDue;
            synchronized (this) {
                isMarking = false;
                isDue = isMarkDue && failure == null; // else the next look joins them
                isMarkDue = false;
            }
            if (isDue) {
                askForMark();
            }
        });
    }

    private void take(Line on, String topic, byte[] message) {
        try {
            Consumer<byte[]> taker = takers.get(topic);
            if (taker != null) {
                taker.accept(message);
            } else if (topic.equals(mark)) {
                LiveMessage.parse(message).ifPresent(known -> marked(on, known));
            } else {
                keys.liveEntry(topic).ifPresent(entry -> event(on, entry, message));
            }
        } catch (RuntimeException e) { // one message must not end the link
            LOGGER.log(System.Logger.Level.WARNING, "a message on " + topic + " was not taken", e);
            tail.miss();
        }
    }

    private void event(Line on, String entry, byte[] bytes) {
        if (on.hearsAll() != entry.equals(Wants.ALL)) {
            return; // it comes from the other place, too
        }
        Optional<LiveMessage> message = LiveMessage.parse(bytes);
        if (message.isPresent()) {
            Optional<ChannelName> channel =
                    entry.equals(Wants.ALL) ? Optional.empty() : Optional.of(new ChannelName(entry));
            tail.hear(message.get(), channel, () -> OWN.contains(entry) || isHeard(ChannelSet.of(entry)));
        } else {
            LOGGER.log(System.Logger.Level.WARNING, "an event is not understood");
            tail.miss();
        }
    }

    private void marked(Line on, LiveMessage known) {
        Map<String, Object> joining;
        synchronized (this) {
            on.marked();
            joining = on.fresh();
        }
        tail.mark(known, joining.isEmpty() ? () -> {} : () -> join(on, joining));
    }

    private synchronized void join(Line on, Map<String, Object> joining) {
        if (!on.equals(line)) {
            return; // the next one joins them
        }
        List<String> joined = on.join(joining);
        window.join(names(joined));
        if (joined.contains(Wants.ALL)) {
            window.joinAll();
        }
        later.execute(this::settle);
    }

    private void settle() {
        List<Waiter> over;
        synchronized (this) {
            over = waiting.stream().filter(waiter -> isHeard(waiter.channels)).toList();
        }
        over.forEach(waiter -> waiter.heard.complete(null));
    }

    /** The connection that should have said a mark that was asked for at this time, and has not; empty where all is well. */
    synchronized Optional<StatefulRedisPubSubConnection<byte[], byte[]>> muteSince(long askedMillis) {
        return Optional.ofNullable(line)
                .filter(now -> now.isMuteSince(askedMillis))
                .map(Line::connection);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
