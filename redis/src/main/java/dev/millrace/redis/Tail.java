package dev.millrace.redis;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventWindow;
import dev.millrace.log.Gap;
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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Brings what a node hears of the log into its window, in order and without holes. Thread-safe.
 *
 * <p>A link gives what it is subscribed to in order. When it is another one, or a message says that it follows a place that was not
 * reached, something was missed: it is read from Redis, and the messages that come meanwhile wait, a bounded number of them.
 */
final class Tail {
    private static final System.Logger LOGGER = System.getLogger(Tail.class.getName());
    private static final int MAX_WAITING = 1000;

    /** Someone who waits until the window has come to a place. */
    private record Waiter(Position place, CompletableFuture<Void> reached) {}

    /** A message, and what is done when it is taken. */
    private record Heard(LiveMessage message, Optional<ChannelName> channel, BooleanSupplier isJoined, Runnable then) {
        boolean isMark() {
            return message.events().isEmpty();
        }
    }

    private final EventWindow window;
    private final Function<Position, ? extends CompletionStage<Fill>> source;
    private final Runnable stranger;
    private volatile EventLog.@Nullable Follower follower;

    // guarded by this
    private Position last;
    private Position seen; // the newest place that is known to have been given to an event
    private boolean isBegun;
    private boolean isCut; // what comes is of a link that may have begun after what was reached
    private boolean isLacking; // something was missed that no read which is on its way will find
    private boolean isFilling;
    private Lineage lineage = new Lineage(Map.of());
    private final Deque<Heard> ahead = new ArrayDeque<>();
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
                isLacking = true; // what was heard of this life before it was known
                last = newest;
                seen = newest;
                ahead.clear();
                window.restart(newest, lineage.sharedThrough());
            }
        }
        if (isOther) {
            told();
            fill();
        } else {
            catchUp(newest);
        }
    }

    /** The live link is another from now on, and not subscribed to everything yet. */
    synchronized void cut() {
        isCut = true;
    }

    /** The live link is subscribed to everything that was heard before. */
    void mend() {
        synchronized (this) {
            isCut = false;
            isLacking = true;
        }
        fill();
    }

    /** A message can't be taken: what it said has to be read. */
    void miss() {
        synchronized (this) {
            isLacking = true;
        }
        fill();
    }

    /**
     * A node has sent this.
     *
     * @param channel to those who hear this one; empty for those who hear all
     * @param isJoined whether all of what it is a part of was heard before, so that it has to follow what was reached
     */
    void hear(LiveMessage message, Optional<ChannelName> channel, BooleanSupplier isJoined) {
        hear(new Heard(message, channel, isJoined, () -> {}));
    }

    /** The log has come to this place, and what was heard of it before has all been said. */
    void mark(LiveMessage mark, Runnable then) {
        hear(new Heard(mark, Optional.empty(), () -> false, then));
    }

    private void hear(Heard heard) {
        Position place = heard.message().through();
        boolean isStrange;
        boolean isRead = false;
        Position before;
        Position after;
        List<Event> fresh = List.of();
        Optional<Gap> missed = Optional.empty();
        synchronized (this) {
            before = last;
            isStrange = place.epoch() > last.epoch();
            if (place.epoch() == last.epoch()) {
                isLacking |= !isCut && !isFilling && isHole(heard);
                isRead = isCut || isFilling || isLacking;
                if (isRead) {
                    await(heard);
                } else {
                    missed = missed(heard);
                    fresh = add(heard);
                }
            }
            after = last;
        }
        missed.ifPresent(this::lost);
        passOn(heard.message());
        if (before.isBefore(after)) {
            told(before, fresh, after);
        }
        if (isStrange) {
            stranger.run();
        } else if (isRead) {
            fillIfLacking();
        }
    }

    /** What the message shows to be missing of its channel, and was passed already: no link that is whole does that. */
    private Optional<Gap> missed(Heard heard) {
        Position before = heard.message().before();
        return heard.channel()
                .filter(channel -> !last.isBefore(before))
                .flatMap(channel -> window.follow(channel, before.offset()));
    }

    private void lost(Gap gap) {
        LOGGER.log(System.Logger.Level.WARNING, "Redis has not said what it should have: {0}", gap);
        EventLog.Follower toTell = follower;
        if (toTell != null) {
            toTell.missed(gap);
        }
    }

    private void await(Heard heard) {
        if (ahead.size() < MAX_WAITING) {
            ahead.add(heard);
        } else {
            isLacking |= !heard.isMark(); // it is read from Redis; another mark comes
        }
    }

    /** Whether it follows what should have been heard, and was not. */
    private boolean isHole(Heard heard) {
        return last.isBefore(heard.message().before()) && heard.isJoined().getAsBoolean();
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

    /** Adds what is new in a message, and answers with it. */
    private List<Event> add(Heard heard) {
        List<Event> events = heard.message().events();
        List<Event> fresh = new ArrayList<>(events.size());
        for (Event event : events) {
            if (event.isKept() && last.isBefore(event.position())) {
                fresh.add(event);
            }
        }
        window.add(fresh);
        Position through = heard.message().through();
        if (last.isBefore(through)) {
            window.reach(through);
            advance(through);
        }
        heard.then().run();
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
            boolean isAhead = place.epoch() == last.epoch() && last.isBefore(place);
            if (isAhead) {
                note(place);
            }
            if (!isAhead && !isLacking) {
                return;
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

    private void fillIfLacking() {
        boolean isDue;
        synchronized (this) {
            isDue = isLacking && !isCut;
        }
        if (isDue) {
            fill();
        }
    }

    /** Reads from Redis what comes after the place that was reached. */
    void fill() {
        Position from;
        synchronized (this) {
            if (isFilling) {
                return;
            }
            isFilling = true;
            isLacking = false;
            ahead.removeIf(heard -> !heard.isMark()); // what was heard by now is read
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
                    isLacking = true; // until the next message, or the next look
                    ahead.clear();
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
        boolean hasGrown = !last.equals(fill.after());
        if (isLacking || last.isBefore(fill.newest())) {
            boolean isMore = isLacking || hasGrown;
            isLacking = true;
            return isMore;
        }
        if (!isCut) {
            takeWhatWaits();
        }
        return hasGrown
                && (isLacking || last.isBefore(seen)); // else Redis has less than was heard of: the next look finds out
    }

    private void takeWhatWaits() {
        while (!ahead.isEmpty() && !isLacking) {
            Heard next = ahead.element();
            isLacking = isHole(next);
            if (!isLacking) {
                ahead.remove();
                missed(next).ifPresent(this::lost);
                add(next);
            }
        }
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

    private void told(Position before, List<Event> fresh, Position after) {
        told(toTell -> {
            Position through = before;
            if (!fresh.isEmpty()) {
                toTell.appended(before, fresh);
                through = fresh.get(fresh.size() - 1).position();
            }
            if (through.isBefore(after)) {
                toTell.reached(through, after);
            }
        });
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
