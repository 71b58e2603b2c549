package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Moves events from the log to the subscribers of one event loop.
 *
 * <p>Appends wake it: one flag, one task. A run reads what is new once, gives each group what it gets of it in one batch, and then
 * lets those that are behind read on. Everything but {@link #wake}, {@link #appended}, {@link #pass} and {@link #execute} happens on
 * the loop.
 *
 * <p>Events that reach no group of it don't wake it: who appends them moves its place past them, by exchanging the very object that
 * stood there before it looked at the audience. A new group makes that another object, so no event is passed over that the group
 * should have.
 */
final class Dispatcher {
    private static final int RUN_POLLS = 8;
    private static final int RUN_EVENTS = 1024;
    private static final long RUN_BYTES = 256 * 1024;
    private static final Position END = new Position(Long.MAX_VALUE, Long.MAX_VALUE);

    private final Hub hub;
    private final Loop loop;
    private final AtomicBoolean isScheduled = new AtomicBoolean();
    private final Passing passing = new Passing();
    private final AtomicReference<Position> place;
    private final Tally tally = new Tally();
    private final Groups groups = new Groups(tally, this::mark);

    // on the loop only
    private final Wheel wheel;
    private final Stragglers stragglers = new Stragglers(this, tally);
    private final Waits waits = new Waits();
    private final List<Event> events = new ArrayList<>();
    private long wokenNanos; // written by who schedules a run, read before the next one can be scheduled
    private boolean hasHandedOut;
    private Cursor tail;
    private long nowMillis;

    Dispatcher(Hub hub, Loop loop) {
        this.hub = hub;
        this.loop = loop;
        this.place = new AtomicReference<>(hub.log().last());
        this.tail = hub.log().tail(position());
        this.nowMillis = hub.monotonicMillis();
        this.wheel = new Wheel(nowMillis);
    }

    // ---- on any thread ----

    /** Makes a run happen soon. */
    void wake() {
        if (isScheduled.compareAndSet(false, true)) {
            wokenNanos = hub.observer().nanoTime();
            loop.execute(this::run);
        }
    }

    /** Events were kept after this place: makes a run happen soon, if someone here listens to one of them. */
    void appended(Position before, List<Event> events) {
        if (!isScheduled.get()) {
            passOver(before, events, events.get(events.size() - 1).position());
        }
    }

    /** The log has come to a place, and there is nothing in between. */
    void reached(Position before, Position through) {
        if (!isScheduled.get()) {
            passOver(before, List.of(), through);
        }
    }

    private void passOver(Position before, List<Event> events, Position through) {
        Position here = place.get();
        if (!here.isBefore(through)) {
            return; // a run has read them already
        }
        if (here.equals(before)
                && passing.isEmpty()
                && !groups.isReached(events)
                && place.compareAndSet(here, through)) {
            hub.dispatched();
        } else {
            wake();
        }
    }

    /** Hands over an event that is not kept, for those who listen now. */
    void pass(Event event) {
        if (tally.lagging.sum() == 0 && !groups.isReached(event.channel())) {
            return; // one that lags may be about to join
        }
        if (!passing.add(event)) {
            tally.dropped.increment();
        }
        wake();
    }

    /** Events never came here, and what came after them has been given out: who listens to their channel is told. */
    void missed(Gap gap) {
        loop.execute(() -> groups.missed(gap));
    }

    void execute(Runnable task) {
        loop.execute(task);
    }

    /** Everything up to here was given to the groups that get it. */
    Position position() {
        return place.get();
    }

    Tally tally() {
        return tally;
    }

    /** How many kept events it has not given out yet. */
    long waitingCount() {
        Position newest = hub.log().last();
        Position here = position();
        return newest.epoch() == here.epoch() ? Math.max(0, newest.offset() - here.offset()) : 0;
    }

    // ---- the run ----

    /** Takes all that is new, gives it out, and lets those that are behind read on. */
    void run() {
        long sinceNanos = wokenNanos;
        isScheduled.set(false);
        nowMillis = hub.monotonicMillis();
        hasHandedOut = false;
        boolean isMore = readTail();
        if (hasHandedOut) {
            hub.observer().handedOut(hub.observer().nanoTime() - sinceNanos);
        }
        stragglers.readOn();
        if (isMore || !stragglers.isEmpty()) {
            wake();
        }
        hub.dispatched();
    }

    /** Gives out what is new, in bounded steps; answers whether there may be more. */
    boolean readTail() {
        for (int i = 0; i < RUN_POLLS; i++) {
            events.clear();
            Position before = position();
            if (!tail.position().equals(before)) {
                tail = hub.log().tail(before); // what came meanwhile reaches nobody here
            }
            Cursor.State state = tail.poll(END, RUN_EVENTS, RUN_BYTES, events);
            if (!tail.takeGaps().isEmpty() || state == Cursor.State.LOADING) {
                skip(before);
                return true;
            }
            Position through = tail.position();
            offerAll(through);
            moveTo(through);
            hasHandedOut |= groups.deliver(before, through);
            if (state == Cursor.State.IDLE) {
                return false;
            }
        }
        return true;
    }

    /** Moves on, unless events that reach nobody here have moved it further. */
    private void moveTo(Position through) {
        place.accumulateAndGet(through, (here, there) -> here.isBefore(there) ? there : here);
    }

    /** The tail has outrun this loop: everyone reads on alone, and finds its own gaps. */
    private void skip(Position before) {
        moveTo(hub.log().last());
        tail = hub.log().tail(position());
        groups.scatter(before);
    }

    /** Offers the run's events to their groups, and each event that is not kept after the kept ones that came before it. */
    private void offerAll(Position through) {
        for (Event event : events) {
            passUpTo(event.position(), false);
            groups.offer(event);
        }
        passUpTo(through, true);
    }

    private void passUpTo(Position place, boolean isInclusive) {
        for (Event next = passing.next(place, isInclusive); next != null; next = passing.next(place, isInclusive)) {
            groups.offer(next);
        }
    }

    // ---- subscribers ----

    /** Lets a subscriber that is behind read on, in bounded steps, while its sink takes more. */
    void advance(Subscriber subscriber) {
        stragglers.advance(subscriber);
    }

    /** Gives a subscriber that is behind its turn in the next run. */
    void ready(Subscriber subscriber) {
        stragglers.ready(subscriber);
    }

    /** The group of those that listen alike. What it gets from now on wakes this loop. */
    Group group(ChannelSet channels, Form<?> form) {
        return groups.of(channels, form);
    }

    /** There is a group more: makes the place another object, so that nobody passes over what it gets. */
    private void mark() {
        place.updateAndGet(here -> here.at(here.offset()));
    }

    /** A member has left a group. */
    void left(Group group) {
        groups.left(group);
    }

    Cursor cursor(Subscriber subscriber, ChannelSet channels, Position after) {
        return hub.log()
                .open(channels, new Start.After(after), readyHook(subscriber))
                .toCompletableFuture()
                .join(); // at once, by the contract
    }

    /** What a cursor calls when it can go on. */
    Runnable readyHook(Subscriber subscriber) {
        return () -> loop.execute(() -> ready(subscriber));
    }

    // ---- deadlines and figures ----

    /** Looks at the subscribers whose deadlines have come. Called once a tick. */
    void tick() {
        nowMillis = hub.monotonicMillis();
        wheel.turn(nowMillis);
        waits.look(nowMillis);
        stragglers.tick();
    }

    /** A stream was opened, and it is not known yet what it begins with. */
    void await(FirstWords words) {
        waits.begin(words, hub.monotonicMillis() + FirstWords.PATIENCE_MILLIS);
    }

    /** A stream was told to end; one that does not take its last word in time is ended by force. */
    void ending(EventSink<?> sink, boolean isUrgent) {
        long patience = isUrgent ? 1000 : hub.settings().writeTimeout().toMillis();
        waits.end(sink, nowMillis + patience);
    }

    /** Ends by force whatever has not ended yet. */
    void abortEndings() {
        waits.abort();
    }

    void lags(boolean before, boolean now) {
        tally.lagging.add((now ? 1 : 0) - (before ? 1 : 0));
    }

    void announced(int count) {
        tally.gaps.add(count);
    }

    Hub hub() {
        return hub;
    }

    Wheel wheel() {
        return wheel;
    }

    /** The time of this run, on a clock that never jumps, in milliseconds. */
    long nowMillis() {
        return nowMillis;
    }
}
