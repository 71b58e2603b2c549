package dev.millrace.redis;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.ChannelSummary;
import dev.millrace.log.Cursor;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventWindow;
import dev.millrace.log.LogFigures;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Start;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The log on Redis: one order for all nodes that share it.
 *
 * <p>Redis places an event, keeps it, and sends it in one step to the nodes that hear its channel. A node keeps the newest in its window, from which its
 * readers are served; what is older they read from Redis.
 */
public final class RedisLog implements EventLog {
    private static final int EMPTY_CHANNELS = 10_000; // that the registry remembers

    private final RedisNode node;
    private final RedisSettings settings;
    private final EventWindow window;
    private final Tail tail;
    private final Ear ear;
    private final Appends appends;
    private final RedisArchive archive;

    RedisLog(
            RedisNode node,
            RedisSettings settings,
            EventWindow window,
            Tail tail,
            Ear ear,
            Appends appends,
            RedisArchive archive) {
        this.node = node;
        this.settings = settings;
        this.window = window;
        this.tail = tail;
        this.ear = ear;
        this.appends = appends;
        this.archive = archive;
    }

    @Override
    public CompletionStage<List<Receipt>> append(List<Publication> publications) {
        return publications.isEmpty()
                ? CompletableFuture.completedFuture(List.of())
                : appends.add(publications, window.last());
    }

    @Override
    public Position last() {
        return window.last();
    }

    @Override
    public CompletionStage<Position> newest(ChannelSet channels) {
        return window.hears(channels, window.last())
                ? CompletableFuture.completedFuture(window.last())
                : node.newest().thenCompose(this::caughtUp).thenApply(done -> window.last());
    }

    @Override
    public CompletionStage<Void> hear(ChannelSet channels) {
        return ear.hear(channels);
    }

    @Override
    public void leave(ChannelSet channels) {
        ear.leave(channels);
    }

    @Override
    public boolean hears(ChannelSet channels, Position after) {
        return window.hears(channels, after);
    }

    @Override
    public CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready) {
        if (start instanceof Start.After after && isAhead(after.position())) {
            return node.newest()
                    .thenApply(newest -> newest.isBefore(after.position()) ? newest : after.position())
                    .thenCompose(this::caughtUp)
                    .thenCompose(done -> openNow(channels, start, ready));
        }
        return openNow(channels, start, ready);
    }

    private CompletionStage<Cursor> openNow(ChannelSet channels, Start start, Runnable ready) {
        return window.open(channels, start, Optional.of(archive), ready);
    }

    /** Whether the place may be one that another node has heard of before this one. */
    private boolean isAhead(Position place) {
        Position last = window.last();
        return place.epoch() == last.epoch() && last.offset() < place.offset();
    }

    /** Completes when this node has come to a place for which Redis has sent it a mark. */
    private CompletionStage<Void> caughtUp(Position place) {
        return node.limited(appends.heard(place), "the place " + place + " is not reached");
    }

    @Override
    public Cursor tail(Position after) {
        return window.tail(after);
    }

    @Override
    public void follow(Follower follower) {
        tail.follow(follower);
        appends.follow(follower);
    }

    @Override
    public CompletionStage<List<ChannelSummary>> channels(String prefix, String after, int limit) {
        return archive.channels(prefix, after, limit)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new LogUnavailableException(
                        "Redis: " + Trouble.of(failure).text())));
    }

    @Override
    public void trim() {
        Clock clock = settings.clock().orElse(Clock.systemUTC());
        window.trim(clock.millis());
        node.sweep(EMPTY_CHANNELS);
    }

    @Override
    public LogFigures figures() {
        return appends.figures().behind(tail.behind());
    }

    @Override
    public void close() {
        node.close();
    }
}
