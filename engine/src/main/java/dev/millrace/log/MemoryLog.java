package dev.millrace.log;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The log in memory: kept as soon as it is appended, gone with the process.
 *
 * <p>Each instance is an epoch of its own, so that an id from before a restart is never taken for one of now.
 */
public final class MemoryLog implements EventLog {
    private final Clock clock;
    private final Clock ages;
    private final EventWindow window;
    private final IdempotencyKeys keys;
    private volatile @Nullable Follower follower;
    private Position last;

    /** An empty log that keeps by this rule; its epoch is made from the clock. */
    public MemoryLog(Retention retention, Clock clock) {
        this(retention, clock, clock);
    }

    /**
     * The same with another clock by which events and keys grow old.
     *
     * @param ages such as an {@link AgeClock}
     */
    public MemoryLog(Retention retention, Clock clock, Clock ages) {
        this(retention, clock, ages, newEpoch(clock));
    }

    /** An empty log of a given epoch. */
    public MemoryLog(Retention retention, Clock clock, long epoch) {
        this(retention, clock, clock, epoch);
    }

    private MemoryLog(Retention retention, Clock clock, Clock ages, long epoch) {
        this.clock = clock;
        this.ages = ages;
        this.last = new Position(epoch, 0);
        this.window = new EventWindow(last, retention);
        this.keys = new IdempotencyKeys(retention.keyWindow(), retention.bytes() / 8);
    }

    /** A number for a new life of a log: grows with the clock, and differs where two begin in one millisecond. */
    public static long newEpoch(Clock clock) {
        return (clock.millis() << 16) | ThreadLocalRandom.current().nextInt(1 << 16);
    }

    @Override
    public CompletionStage<List<Receipt>> append(List<Publication> publications) {
        List<Receipt> receipts = new ArrayList<>(publications.size());
        List<Event> unkept = new ArrayList<>(0);
        List<Event> kept;
        try {
            kept = place(publications, receipts, unkept);
        } catch (KeyConflictException e) {
            return CompletableFuture.failedFuture(e);
        }
        Follower toTell = follower;
        if (toTell != null) {
            unkept.forEach(toTell::passing);
            if (!kept.isEmpty()) {
                Position first = kept.get(0).position();
                toTell.appended(first.at(first.offset() - 1), kept);
            }
        }
        return CompletableFuture.completedFuture(receipts);
    }

    private synchronized List<Event> place(List<Publication> publications, List<Receipt> receipts, List<Event> unkept) {
        long now = clock.millis();
        long age = ages.millis();
        List<@Nullable Position> earlier = earlier(publications, age);
        List<Event> placed = new ArrayList<>(publications.size());
        for (int i = 0; i < publications.size(); i++) {
            Publication publication = publications.get(i);
            Position known = earlier.get(i);
            if (!publication.isKept()) {
                unkept.add(eventAt(last, publication, now));
                receipts.add(new Receipt(last, false));
            } else if (known != null) {
                receipts.add(new Receipt(known, true));
            } else {
                last = last.at(last.offset() + 1);
                placed.add(eventAt(last, publication, now));
                receipts.add(new Receipt(last, false));
                keys.remember(publication, last, age);
            }
        }
        window.add(placed);
        return placed;
    }

    /** For each publication the place of the one that had its key before; finds all conflicts before anything is placed. */
    private List<@Nullable Position> earlier(List<Publication> publications, long now) {
        List<@Nullable Position> earlier = new ArrayList<>(publications.size());
        for (Publication publication : publications) {
            earlier.add(keys.find(publication, now).orElse(null));
        }
        return earlier;
    }

    private static Event eventAt(Position position, Publication publication, long now) {
        return new Event(
                position, publication.channel(), publication.name(), publication.data(), now, publication.isKept());
    }

    @Override
    public Position last() {
        return window.last();
    }

    @Override
    public CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready) {
        return window.open(channels, start, Optional.empty(), ready);
    }

    @Override
    public Cursor tail(Position after) {
        return window.tail(after);
    }

    @Override
    public void follow(Follower newFollower) {
        follower = newFollower;
    }

    @Override
    public CompletionStage<List<ChannelSummary>> channels(String prefix, String after, int limit) {
        return CompletableFuture.completedFuture(window.channels(prefix, after, limit));
    }

    @Override
    public void trim() {
        window.trim(ages.millis());
        synchronized (this) {
            keys.trim(ages.millis());
        }
    }

    /** Keeps by another rule from now on. */
    public void retention(Retention retention) {
        window.retention(retention);
    }

    /** About how much memory the kept events take, in bytes. */
    public long bytes() {
        return window.bytes();
    }

    @Override
    public void close() {
        follower = null;
    }
}
