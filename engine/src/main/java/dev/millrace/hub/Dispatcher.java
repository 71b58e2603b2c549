package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

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
    private static final int CATCH_UP_POLLS = 4;
    private static final int CATCH_UP_EVENTS = 256;
    private static final long CATCH_UP_BYTES = 64 * 1024;
    private static final int MAX_PASSING = 4096;
    private static final Position END = new Position(Long.MAX_VALUE, Long.MAX_VALUE);

    /** A stream that was told to end, and when it is ended by force. */
    private record Ending(EventSink<?> sink, long untilMillis) {}

    /** A stream that has said nothing yet, and when that has taken too long. */
    private record Beginning(FirstWords words, long untilMillis) {}

    private final Hub hub;
    private final Loop loop;
    private final AtomicBoolean isScheduled = new AtomicBoolean();
    private final Queue<Event> passing = new ConcurrentLinkedQueue<>();
    private final AtomicInteger passingCount = new AtomicInteger();
    private final AtomicReference<Position> place;

    // on the loop only
    private final Wheel wheel;
    private final Audience audience = new Audience();
    private final Map<Group.Key, Group> groups = new HashMap<>();
    private final List<Group> dirty = new ArrayList<>();
    private final Deque<Subscriber> ready = new ArrayDeque<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();
    private final List<Beginning> beginnings = new ArrayList<>();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder lagging = new LongAdder();
    private final LongAdder gaps = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder bytes = new LongAdder();
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
        if (isScheduled.get()) {
            return;
        }
        Position here = place.get();
        Position through = events.get(events.size() - 1).position();
        if (!here.isBefore(through)) {
            return; // a run has read them already
        }
        if (here.equals(before)
                && passingCount.get() == 0
                && !reachesAny(events)
                && place.compareAndSet(here, through)) {
            hub.dispatched();
        } else {
            wake();
        }
    }

    private boolean reachesAny(List<Event> kept) {
        for (int i = 0; i < kept.size(); i++) {
            if (audience.reaches(kept.get(i).channel())) {
                return true;
            }
        }
        return false;
    }

    /** Hands over an event that is not kept, for those who listen now. */
    void pass(Event event) {
        if (laggingCount() == 0 && !audience.reaches(event.channel())) {
            return; // one that lags may be about to join
        }
        if (passingCount.incrementAndGet() <= MAX_PASSING) {
            passing.add(event);
        } else {
            passingCount.decrementAndGet();
            dropped.increment();
        }
        wake();
    }

    void execute(Runnable task) {
        loop.execute(task);
    }

    /** Everything up to here was given to the groups that get it. */
    Position position() {
        return place.get();
    }

    long deliveredCount() {
        return delivered.sum();
    }

    long laggingCount() {
        return lagging.sum();
    }

    long gapCount() {
        return gaps.sum();
    }

    long droppedCount() {
        return dropped.sum();
    }

    long byteCount() {
        return bytes.sum();
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
        int turns = ready.size();
        for (int i = 0; i < turns; i++) {
            Subscriber subscriber = ready.remove();
            CatchUp behind = subscriber.catchUp();
            if (behind != null) {
                behind.dequeue();
                advanceOrFail(subscriber);
            }
        }
        if (isMore || !ready.isEmpty()) {
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
            deliver(before, through);
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
        for (Group group : List.copyOf(groups.values())) {
            group.scatter(before);
        }
    }

    /** Offers the run's events to their groups, and each event that is not kept after the kept ones that came before it. */
    private void offerAll(Position through) {
        for (Event event : events) {
            passUpTo(event.position(), false);
            offer(event);
        }
        passUpTo(through, true);
    }

    private void passUpTo(Position place, boolean isInclusive) {
        for (Event next = passing.peek(); next != null; next = passing.peek()) {
            boolean isDue = isInclusive
                    ? !place.isBefore(next.position())
                    : next.position().isBefore(place);
            if (!isDue) {
                return;
            }
            passing.remove();
            passingCount.decrementAndGet();
            offer(next);
        }
    }

    private void offer(Event event) {
        audience.of(event.channel(), group -> {
            if (group.offer(event)) {
                dirty.add(group);
            }
        });
    }

    private void deliver(Position before, Position through) {
        for (Group group : dirty) {
            delivered.add(group.due()); // before the first byte leaves: who has an event finds it counted
            delivered.add(-group.deliver(before, through));
            dropped.add(group.lost());
            bytes.add(group.bytes());
            hasHandedOut = true;
        }
        dirty.clear();
    }

    private void advanceOrFail(Subscriber subscriber) {
        try {
            advance(subscriber);
        } catch (Throwable e) {
            subscriber.failed(e); // those behind it in the queue have their turns all the same
        }
    }

    /** Lets a subscriber that is behind read on, in bounded steps, while its sink takes more. */
    void advance(Subscriber subscriber) {
        for (int i = 0; i < CATCH_UP_POLLS; i++) {
            CatchUp behind = subscriber.catchUp();
            if (behind == null || !subscriber.canTake()) {
                return; // the sink's owner calls when it can take more
            }
            Cursor cursor = behind.cursor();
            List<Event> page = new ArrayList<>();
            Cursor.State state = cursor.poll(behind.limit(position()), CATCH_UP_EVENTS, CATCH_UP_BYTES, page);
            if (state == Cursor.State.LOADING) {
                return; // the cursor calls when it can go on
            }
            List<Gap> missing = cursor.takeGaps();
            if (!missing.isEmpty()) {
                hub.observer().missed(GapCause.of(missing, behind.isFirst()), missing.size());
            }
            behind.greet(missing.isEmpty());
            subscriber.announce(missing);
            give(subscriber, page, cursor.position());
            subscriber.sink().flush();
            if (state == Cursor.State.IDLE
                    && !behind.nextPhase()
                    && cursor.position().equals(position())
                    && (subscriber.catchUp() != behind || joins(subscriber, behind))) {
                return;
            }
        }
        ready(subscriber);
    }

    /** Lets a subscriber join those that listen alike; false where others' events have come before it was among them. */
    private boolean joins(Subscriber subscriber, CatchUp behind) {
        Group group = group(behind.channels(), subscriber.sink().form());
        boolean isHere =
                behind.cursor().position().equals(position()); // from here on what the group gets wakes this loop
        if (isHere) {
            subscriber.join(group);
        } else {
            left(group);
        }
        return isHere;
    }

    /** Gives a subscriber what its own cursor has read. */
    private void give(Subscriber subscriber, List<Event> page, Position through) {
        if (!page.isEmpty() && !subscriber.isEnded()) {
            Form<Object> form = subscriber.sink().form();
            Object batch = form.encode(page);
            try {
                delivered.add(page.size());
                bytes.add(form.bytes(batch));
                subscriber.write(batch, through);
            } finally {
                form.release(batch);
            }
        }
    }

    /** Gives a subscriber that is behind its turn in the next run. */
    void ready(Subscriber subscriber) {
        CatchUp behind = subscriber.catchUp();
        if (behind != null && behind.enqueue()) {
            ready.add(subscriber);
            wake();
        }
    }

    // ---- groups ----

    /** The group of those that listen alike. What it gets from now on wakes this loop. */
    Group group(ChannelSet channels, Form<?> form) {
        return groups.computeIfAbsent(new Group.Key(channels, form), key -> {
            Group group = new Group(key);
            audience.add(group);
            place.updateAndGet(here -> here.at(here.offset())); // so that nobody passes over what it gets
            return group;
        });
    }

    /** A member has left a group. */
    void left(Group group) {
        if (group.isEmpty()) {
            groups.remove(group.key());
            audience.remove(group);
        }
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
        endings.removeIf(this::isOver);
        beginnings.removeIf(this::isOver);
    }

    private boolean isOver(Beginning beginning) {
        boolean isLate = nowMillis >= beginning.untilMillis();
        if (isLate && !beginning.words().isOver()) {
            beginning.words().late();
        }
        return isLate || beginning.words().isOver();
    }

    /** A stream was opened, and it is not known yet what it begins with. */
    void await(FirstWords words) {
        beginnings.add(new Beginning(words, hub.monotonicMillis() + FirstWords.PATIENCE_MILLIS));
    }

    private boolean isOver(Ending ending) {
        boolean isDrained = ending.sink().isDrained();
        if (!isDrained && nowMillis >= ending.untilMillis()) {
            ending.sink().abort();
            return true;
        }
        return isDrained;
    }

    /** A stream was told to end; one that does not take its last word in time is ended by force. */
    void ending(EventSink<?> sink, boolean isUrgent) {
        long patience = isUrgent ? 1000 : hub.settings().writeTimeout().toMillis();
        endings.add(new Ending(sink, nowMillis + patience));
    }

    /** Ends by force whatever has not ended yet. */
    void abortEndings() {
        endings.forEach(ending -> ending.sink().abort());
        endings.clear();
    }

    void lags(boolean before, boolean now) {
        lagging.add((now ? 1 : 0) - (before ? 1 : 0));
    }

    void announced(int count) {
        gaps.add(count);
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
