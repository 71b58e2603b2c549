package dev.millrace.hub;

import java.util.ArrayList;
import java.util.List;

/**
 * The deadlines of one loop's subscribers, in coarse ticks. Not thread-safe.
 *
 * <p>A subscriber is in it once at the most, and knows where: {@code wheelSlot} and {@code wheelIndex}. It is looked at when a
 * deadline may have come, and says then when to look again; so an event written costs no change here, and one that has
 * ended is let go at once.
 */
final class Wheel {
    /** The length of a tick, in milliseconds. */
    static final int TICK_MILLIS = 250;

    /** The slot of a subscriber that is not in the wheel. */
    static final int NOWHERE = -1;

    private static final int SLOTS = 512;

    private final List<List<Subscriber>> slots = new ArrayList<>(SLOTS);
    private long tick;

    Wheel(long nowMillis) {
        this.tick = nowMillis / TICK_MILLIS;
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new ArrayList<>(0));
        }
    }

    /** Looks at the subscriber at this time, or somewhat earlier where that is far away or it has an earlier deadline. */
    void schedule(Subscriber subscriber, long atMillis) {
        long due = Math.max(tick + 1, Math.min(atMillis / TICK_MILLIS + 1, tick + SLOTS - 1));
        int slot = (int) (due % SLOTS);
        if (subscriber.wheelSlot != NOWHERE && ticksUntil(subscriber.wheelSlot) <= ticksUntil(slot)) {
            return;
        }
        forget(subscriber);
        subscriber.wheelSlot = slot;
        subscriber.wheelIndex = slots.get(slot).size();
        slots.get(slot).add(subscriber);
    }

    private int ticksUntil(int slot) {
        return (int) Math.floorMod(slot - tick, (long) SLOTS);
    }

    /** Looks at it no more. */
    void forget(Subscriber subscriber) {
        if (subscriber.wheelSlot == NOWHERE) {
            return;
        }
        List<Subscriber> slot = slots.get(subscriber.wheelSlot);
        Subscriber last = slot.remove(slot.size() - 1);
        if (last != subscriber) {
            slot.set(subscriber.wheelIndex, last);
            last.wheelIndex = subscriber.wheelIndex;
        }
        subscriber.wheelSlot = NOWHERE;
    }

    /** Looks at all whose time has come. */
    void turn(long nowMillis) {
        long now = Math.min(nowMillis / TICK_MILLIS, tick + SLOTS - 1);
        while (tick < now) {
            tick++;
            List<Subscriber> due = slots.get((int) (tick % SLOTS));
            while (!due.isEmpty()) {
                Subscriber subscriber = due.get(due.size() - 1);
                forget(subscriber);
                lookAt(subscriber, nowMillis);
            }
        }
    }

    private static void lookAt(Subscriber subscriber, long nowMillis) {
        try {
            subscriber.look(nowMillis); // what it schedules is in a later slot
        } catch (Throwable e) {
            subscriber.failed(e); // the others of this tick are looked at all the same
        }
    }
}
