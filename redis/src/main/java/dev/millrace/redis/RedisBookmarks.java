package dev.millrace.redis;

import dev.millrace.hub.Bookmarks;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bookmarks on Redis. Moves are gathered for a moment and written together; one that Redis did not take is written again.
 *
 * <p>A bookmark that was not moved for thirty times the age of the oldest event, at the least a month, is forgotten.
 */
final class RedisBookmarks implements Bookmarks {
    private static final long GATHER_MILLIS = 100;
    private static final int MAX_MOVES = 500; // of one script
    private static final int MAX_GATHERED = 100_000;
    private static final Duration KEPT_AT_LEAST = Duration.ofDays(30);

    private final Keys keys;
    private final Link<StatefulRedisConnection<byte[], byte[]>> link;
    private final String keptMillis;
    private final ScheduledExecutorService timer;
    private final Map<Inbox, Position> moved = new HashMap<>(); // guarded by this
    private boolean isScheduled; // guarded by this

    RedisBookmarks(
            Keys keys,
            Link<StatefulRedisConnection<byte[], byte[]>> link,
            Duration age,
            ScheduledExecutorService timer) {
        this.keys = keys;
        this.link = link;
        this.keptMillis = String.valueOf(Math.max(30 * age.toMillis(), KEPT_AT_LEAST.toMillis()));
        this.timer = timer;
    }

    @Override
    public CompletionStage<Optional<Position>> find(Inbox inbox) {
        CompletionStage<Optional<Position>> asked = link.whenUp()
                .thenCompose(connection -> connection.async().get(keys.bookmark(inbox)))
                .thenApply(place ->
                        place == null ? Optional.empty() : Position.parse(new String(place, StandardCharsets.UTF_8)));
        return link.limited(asked, Link.ANSWER_MILLIS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new LogUnavailableException(
                        "Redis: " + Trouble.of(failure).text())))
                .thenApply(place -> later(place, gathered(inbox)));
    }

    /** Does not ask: a stream with an id is served while Redis is away, and is remembered by its first move. */
    @Override
    public CompletionStage<@Nullable Void> beginUnlessKnown(Inbox inbox, Position place) {
        return CompletableFuture.completedFuture(null);
    }

    private synchronized Optional<Position> gathered(Inbox inbox) {
        return Optional.ofNullable(moved.get(inbox));
    }

    private static Optional<Position> later(Optional<Position> one, Optional<Position> other) {
        return one.isEmpty() || other.filter(one.get()::isBefore).isPresent() ? other : one;
    }

    @Override
    public synchronized void move(Inbox inbox, Position written) {
        if (moved.size() >= MAX_GATHERED && !moved.containsKey(inbox)) {
            return; // Redis has been away for long: what is not remembered is delivered twice, and not lost
        }
        moved.merge(inbox, written, (old, now) -> old.isBefore(now) ? now : old);
        if (!isScheduled) {
            isScheduled = true;
            timer.schedule(this::flush, GATHER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Writes what was gathered. */
    void flush() {
        Map<Inbox, Position> some = new HashMap<>();
        Optional<StatefulRedisConnection<byte[], byte[]>> connection = link.current();
        synchronized (this) {
            isScheduled = false;
            if (moved.isEmpty()) {
                return;
            }
            if (connection.isEmpty()) {
                again();
                return;
            }
            for (Map.Entry<Inbox, Position> move : moved.entrySet()) {
                if (some.size() < MAX_MOVES) {
                    some.put(move.getKey(), move.getValue());
                }
            }
        }
        write(some, connection.get()).whenComplete((reply, failure) -> {
            synchronized (this) {
                if (failure == null) {
                    some.forEach(moved::remove); // but for those that moved on meanwhile
                }
                if (!moved.isEmpty()) {
                    again();
                }
            }
        });
    }

    private void again() {
        if (!isScheduled && !timer.isShutdown()) {
            isScheduled = true;
            timer.schedule(this::flush, 5 * GATHER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private CompletionStage<Reply> write(
            Map<Inbox, Position> moves, StatefulRedisConnection<byte[], byte[]> connection) {
        List<byte[]> names = new ArrayList<>();
        List<byte[]> args = new ArrayList<>();
        args.add(text(keptMillis));
        moves.forEach((inbox, place) -> {
            names.add(keys.bookmark(inbox));
            args.add(text(Long.toString(place.epoch(), 36)));
            args.add(text(Long.toString(place.offset())));
        });
        return Script.BOOKMARKS.run(connection, names.toArray(byte[][]::new), args.toArray(byte[][]::new));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        flush();
    }
}
