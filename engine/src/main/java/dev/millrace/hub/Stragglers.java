package dev.millrace.hub;

import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Those of one loop that are behind, in the order of their turns: each reads on with a cursor of its own, a bounded step at a time,
 * until it is where the loop is and joins a group. On the loop only.
 */
final class Stragglers {
    private static final int POLLS = 4;
    private static final int EVENTS = 256;
    private static final long BYTES = 64 * 1024;

    private final Dispatcher dispatcher;
    private final Tally tally;
    private final Deque<Subscriber> ready = new ArrayDeque<>();
    private final List<Subscriber> unheard = new ArrayList<>(); // their channels don't come to this node at present

    Stragglers(Dispatcher dispatcher, Tally tally) {
        this.dispatcher = dispatcher;
        this.tally = tally;
    }

    /** Whether nobody waits for a turn. */
    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** Gives a subscriber that is behind its turn in the next run. */
    void ready(Subscriber subscriber) {
        CatchUp behind = subscriber.catchUp();
        if (behind != null && behind.enqueue()) {
            ready.add(subscriber);
            dispatcher.wake();
        }
    }

    /** Gives those a turn whose channels did not come here. */
    void tick() {
        unheard.forEach(this::ready);
        unheard.clear();
    }

    /** Lets each that waits now have its turn. */
    void readOn() {
        int turns = ready.size();
        for (int i = 0; i < turns; i++) {
            Subscriber subscriber = ready.remove();
            CatchUp behind = subscriber.catchUp();
            if (behind != null) {
                behind.dequeue();
                advanceOrFail(subscriber);
            }
        }
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
        for (int i = 0; i < POLLS; i++) {
            CatchUp behind = subscriber.catchUp();
            if (behind == null || !subscriber.canTake()) {
                return; // the sink's owner calls when it can take more
            }
            Cursor cursor = behind.cursor();
            List<Event> page = new ArrayList<>();
            Cursor.State state = cursor.poll(behind.limit(dispatcher.position()), EVENTS, BYTES, page);
            if (state == Cursor.State.LOADING) {
                return; // the cursor calls when it can go on
            }
            List<Gap> missing = cursor.takeGaps();
            if (!missing.isEmpty()) {
                dispatcher.hub().observer().missed(GapCause.of(missing, behind.isFirst()), missing.size());
            }
            behind.greet(missing.isEmpty());
            subscriber.announce(missing);
            give(subscriber, page, cursor.position());
            subscriber.sink().flush();
            if (state == Cursor.State.IDLE
                    && !behind.nextPhase()
                    && cursor.position().equals(dispatcher.position())
                    && (subscriber.catchUp() != behind || isUnheard(subscriber, behind) || joins(subscriber, behind))) {
                return;
            }
        }
        ready(subscriber);
    }

    /** Whether what it listens to does not come here at present: it reads by itself for longer, and goes on at the next tick. */
    private boolean isUnheard(Subscriber subscriber, CatchUp behind) {
        boolean isUnheard = !dispatcher.hub().log().hears(behind.channels(), dispatcher.position());
        if (isUnheard) {
            unheard.add(subscriber);
        }
        return isUnheard;
    }

    /** Lets a subscriber join those that listen alike; false where others' events have come before it was among them. */
    private boolean joins(Subscriber subscriber, CatchUp behind) {
        Group group = dispatcher.group(behind.channels(), subscriber.sink().form());
        boolean isHere = behind.cursor()
                .position()
                .equals(dispatcher.position()); // from here on what the group gets wakes this loop
        if (isHere) {
            subscriber.join(group);
        } else {
            dispatcher.left(group);
        }
        return isHere;
    }

    /** Gives a subscriber what its own cursor has read. */
    private void give(Subscriber subscriber, List<Event> page, Position through) {
        if (!page.isEmpty() && !subscriber.isEnded()) {
            Form<Object> form = subscriber.sink().form();
            Object batch = form.encode(page);
            try {
                tally.delivered.add(page.size());
                tally.bytes.add(form.bytes(batch));
                subscriber.write(batch, through);
            } finally {
                form.release(batch);
            }
        }
    }
}
