package dev.millrace.redis;

import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventWindow;
import dev.millrace.log.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings what a node hears of the log into its window, in order and without holes. Thread-safe.
 *
 * <p>Each message says which place it follows. Where that is not the place that was reached, something was missed: it is read from
 * Redis, and the messages that come meanwhile wait, a bounded number of them.
 */
final class Tail {
    private static final System.Logger LOGGER = System.getLogger(Tail.class.getName());
    private static final int MAX_WAITING = 1000;

    /** Someone who waits until the window has come to a place. */
    private record Waiter(Position place, CompletableFuture<Void> reached) {}

    private final EventWindow window;
    private final Function<Position, ? extends CompletionStage<Fill>> source;
    private final Runnable stranger;
    private volatile EventLog.@Nullable Follower follower;

    // guarded by this
    private Position last;
    private Position seen; // the newest place that is known to have been given to an event
    private boolean isBegun;
    private boolean isFilling;
    private Lineage lineage = new Lineage(Map.of());
    private final Deque<LiveMessage> ahead = new ArrayDeque<>();
    private final PriorityQueue<Waiter> waiters =
            new PriorityQueue<>((a, b) -> a.place().compareTo(b.place()));

    /**
     * @param source reads what comes after a place
     * @param stranger is told when a message is of a later life of the log than this
     */
    Tail(EventWindow window, Function<Position, ? extends CompletionStage<Fill>> source, Runnable stranger) {
        this.window = window;
        this.source = source;
        this.stranger = stranger;
        this.last = window.last();
        this.seen = last;
    }

    void follow(EventLog.Follower newFollower) {
        follower = newFollower;
    }

    /** The newest place that this node knows of; empty before it has found a log. */
    synchronized Optional<Position> seen() {
        return isBegun ? Optional.of(seen) : Optional.empty();
    }

    /** The log on Redis is this. */
    void enter(Position newest, Lineage earlier) {
        boolean isOther;
        synchronized (this) {
            lineage = earlier;
            isOther = !isBegun || newest.epoch() != last.epoch();
            if (isOther) {
                isBegun = true;
                last = newest;
                seen = newest;
                ahead.clear();
                window.restart(newest, lineage.sharedThrough());
            }
        }
        if (isOther) {
            told();
        } else {
            catchUp(newest);
        }
    }

    /** A node has sent this. */
    void hear(LiveMessage message) {
        boolean isStrange;
        boolean isHole = false;
        Position before;
        List<Event> fresh = List.of();
        synchronized (this) {
            before = last;
            isStrange = message.before().epoch() > last.epoch();
            boolean isOurs = message.before().epoch() == last.epoch();
            if (isOurs && (isFilling || last.isBefore(message.before()))) {
                if (ahead.size() < MAX_WAITING) { // else they are read from Redis
                    ahead.add(message);
                }
                isHole = !isFilling;
            } else if (isOurs) {
                fresh = add(message);
            }
        }
        passOn(message);
        if (!fresh.isEmpty()) {
            told(before, fresh);
        }
        if (isStrange) {
            stranger.run();
        } else if (isHole) {
            fill();
        }
    }

    private void passOn(LiveMessage message) {
        EventLog.Follower toTell = follower;
        if (toTell != null) {
            for (Event event : message.events()) {
                if (!event.isKept()) {
                    toTell.passing(event);
                }
            }
        }
    }

    /** Adds what is new in a message that follows what was reached, and answers with it. */
    private List<Event> add(LiveMessage message) {
        List<Event> fresh = new ArrayList<>(message.events().size());
        for (Event event : message.events()) {
            if (event.isKept() && last.isBefore(event.position())) {
                fresh.add(event);
            }
        }
        if (!fresh.isEmpty()) {
            window.add(fresh);
            advance(fresh.get(fresh.size() - 1).position());
        }
        return fresh;
    }

    private void advance(Position place) {
        last = place;
        if (seen.isBefore(place)) {
            seen = place;
        }
    }

    /** An event has this place: the window is to come to it. */
    void catchUp(Position place) {
        synchronized (this) {
            if (place.epoch() != last.epoch() || !last.isBefore(place)) {
                return;
            }
            if (seen.isBefore(place)) {
                seen = place;
            }
        }
        fill();
    }

    /** How many events this node knows of, and has not taken yet. */
    synchronized long behind() {
        return seen.epoch() == last.epoch() ? Math.max(0, seen.offset() - last.offset()) : 0;
    }

    /** An event was given this place, so that no other may have it. */
    synchronized void note(Position place) {
        if (seen.isBefore(place)) {
            seen = place;
        }
    }

    /** Completes when the window has come to a place, or the log begins another life. */
    CompletionStage<Void> reach(Position place) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        synchronized (this) {
            if (last.isBefore(place)) {
                waiters.add(new Waiter(place, reached));
                return reached;
            }
        }
        reached.complete(null);
        return reached;
    }

    /** Reads from Redis what comes after the place that was reached. */
    void fill() {
        Position from;
        synchronized (this) {
            if (isFilling) {
                return;
            }
            isFilling = true;
            from = last;
        }
        source.apply(from).whenComplete((fill, failure) -> {
            boolean isMore = false;
            boolean hasGrown;
            synchronized (this) {
                isFilling = false;
                Position before = last;
                if (failure == null) {
                    isMore = take(fill);
                } else {
                    ahead.clear(); // the next message, or the next look, finds the hole again
                }
                hasGrown = !last.equals(before);
            }
            if (hasGrown) {
                told();
            }
            if (failure != null) {
                LOGGER.log(
                        System.Logger.Level.DEBUG,
                        "a hole was not filled: {0}",
                        Trouble.of(failure).text());
            } else if (isMore) {
                fill();
            }
        });
    }

    /** Takes what was read, and the messages that follow it; answers whether there is more to read. */
    private boolean take(Fill fill) {
        if (!fill.after().equals(last)) {
            return true; // the log has begun another life meanwhile
        }
        if (!fill.isBeyond()) {
            addInOrder(fill);
        }
        if (!window.last().equals(fill.through())) {
            window.restart(fill.through(), lineage.sharedThrough());
        }
        advance(fill.through());
        while (!ahead.isEmpty() && !last.isBefore(ahead.peek().before())) {
            add(ahead.remove());
        }
        boolean isMore = !ahead.isEmpty() || last.isBefore(seen);
        if (isMore && last.equals(fill.after())) { // Redis has less than was heard of: the next look finds out
            ahead.clear();
            return false;
        }
        return isMore;
    }

    private void addInOrder(Fill fill) {
        Iterator<Fill.Missing> missing = fill.missing().iterator();
        Fill.@Nullable Missing next = missing.hasNext() ? missing.next() : null;
        for (Event event : fill.events()) {
            while (next != null && next.offset() < event.offset()) {
                window.skip(next.channel(), next.offset());
                next = missing.hasNext() ? missing.next() : null;
            }
            window.add(List.of(event));
        }
        while (next != null) {
            window.skip(next.channel(), next.offset());
            next = missing.hasNext() ? missing.next() : null;
        }
    }

    /** Tells who follows the log that it has grown, and those who wait for a place. */
    private void told() {
        told(EventLog.Follower::appended);
    }

    private void told(Position before, List<Event> fresh) {
        told(toTell -> toTell.appended(before, fresh));
    }

    private void told(Consumer<EventLog.Follower> news) {
        List<Waiter> reached = new ArrayList<>();
        synchronized (this) {
            while (!waiters.isEmpty() && !last.isBefore(waiters.peek().place())) {
                reached.add(waiters.remove());
            }
        }
        EventLog.Follower toTell = follower;
        if (toTell != null) {
            news.accept(toTell);
        }
        reached.forEach(waiter -> waiter.reached().complete(null));
    }
}
