package dev.millrace.hub;

import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Events that are not kept, on their way to those of one loop who listen now. They come in on any thread, and leave on the loop, each
 * after the kept ones that came before it.
 */
final class Passing {
    private static final int MAX = 4096;

    private final Queue<Event> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    boolean isEmpty() {
        return count.get() == 0;
    }

    /** Takes one in; false where too many wait already. */
    boolean add(Event event) {
        if (count.incrementAndGet() <= MAX) {
            waiting.add(event);
            return true;
        }
        count.decrementAndGet();
        return false;
    }

    /** Lets the next one go that stands before this place, or at it; null where there is none. */
    @Nullable
    Event next(Position place, boolean isInclusive) {
        Event next = waiting.peek();
        if (next == null) {
            return null;
        }
        boolean isDue =
                isInclusive ? !place.isBefore(next.position()) : next.position().isBefore(place);
        if (!isDue) {
            return null;
        }
        waiting.remove();
        count.decrementAndGet();
        return next;
    }
}
