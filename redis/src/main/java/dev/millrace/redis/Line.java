package dev.millrace.redis;

import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a node has subscribed to on one live connection: channels, or all. Not thread-safe.
 *
 * <p>A channel is in force when each of its SUBSCRIBEs was confirmed, and none was taken back: before the last one was, Redis may just
 * have left it. It is fresh then, until it is joined.
 */
final class Line {
    private static final System.Logger LOGGER = System.getLogger(Line.class.getName());

    private final Keys keys;
    private final StatefulRedisPubSubConnection<byte[], byte[]> connection;
    private final Set<String> asked = new HashSet<>();
    private final Map<String, Integer> unconfirmed = new HashMap<>(); // how often each was subscribed to
    private final Map<String, Object> fresh = new HashMap<>(); // with what tells it from the same in force again
    private volatile boolean hearsAll;
    private long markedMillis = Lives.monotonicMillis();

    Line(Keys keys, StatefulRedisPubSubConnection<byte[], byte[]> connection) {
        this.keys = keys;
        this.connection = connection;
    }

    StatefulRedisPubSubConnection<byte[], byte[]> connection() {
        return connection;
    }

    /** Subscribes to what it is not subscribed to of these, and to places of other messages. */
    CompletionStage<Void> subscribe(Collection<String> entries, List<byte[]> places) {
        List<byte[]> topics = new ArrayList<>(places);
        for (String entry : entries) {
            if (asked.add(entry)) {
                unconfirmed.merge(entry, 1, Integer::sum);
                topics.add(keys.live(entry));
            }
        }
        return topics.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : Link.attempt(() -> connection.async().subscribe(topics.toArray(byte[][]::new)))
                        .whenComplete((done, failure) -> report(failure));
    }

    void unsubscribe(Collection<String> entries) {
        List<byte[]> topics = new ArrayList<>();
        for (String entry : entries) {
            if (asked.remove(entry)) {
                fresh.remove(entry);
                topics.add(keys.live(entry));
            }
        }
        if (!topics.isEmpty()) {
            Link.attempt(() -> connection.async().unsubscribe(topics.toArray(byte[][]::new)))
                    .whenComplete((done, failure) -> report(failure));
        }
    }

    private static void report(@Nullable Throwable failure) {
        if (failure != null && Trouble.of(failure).isRefusal()) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "channels are not heard: {0}",
                    Trouble.of(failure).text());
        }
    }

    /** A SUBSCRIBE is in force; answers whether that of this channel is, for good. */
    boolean confirm(String entry) {
        if (entry.equals(Wants.ALL)) {
            hearsAll = true;
        }
        int left = unconfirmed.merge(entry, -1, Integer::sum);
        if (left > 0) {
            return false;
        }
        unconfirmed.remove(entry);
        return asked.contains(entry);
    }

    void leave(String entry) {
        if (entry.equals(Wants.ALL)) {
            hearsAll = false;
        }
    }

    /** Whether Redis sends what is of one channel as a part of all: then what is sent of it alone is the same again. */
    boolean hearsAll() {
        return hearsAll;
    }

    void freshen(String entry) {
        fresh.put(entry, new Object());
    }

    /** What the next mark joins. */
    Map<String, Object> fresh() {
        return fresh.isEmpty() ? Map.of() : Map.copyOf(fresh);
    }

    /** These are joined; answers those that still are what they were then. */
    List<String> join(Map<String, Object> joining) {
        List<String> joined = new ArrayList<>();
        joining.forEach((entry, token) -> {
            if (fresh.remove(entry, token)) {
                joined.add(entry);
            }
        });
        return joined;
    }

    void marked() {
        markedMillis = Lives.monotonicMillis();
    }

    /** Whether it has been without a mark since before this time. */
    boolean isMuteSince(long millis) {
        return markedMillis < millis;
    }
}
