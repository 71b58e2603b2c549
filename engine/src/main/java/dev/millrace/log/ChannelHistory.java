package dev.millrace.log;

import org.jspecify.annotations.Nullable;

/**
 * The retained events of one channel, and how far it has lost them. Not thread-safe.
 *
 * <p>A ring that grows. It stays when its last event goes: {@link #lostThrough} is what tells a reader of its gap.
 */
final class ChannelHistory {
    /** About what a channel takes without its events, in bytes: this, its name, and its places in two maps. */
    private static final int OVERHEAD_BYTES = 260;

    final ChannelName name;
    /** The offset of the newest event of the channel that was dropped, or never came in; 0 where there is none. */
    long lostThrough;

    private @Nullable Event[] ring = new Event[4];
    private int head;
    private int size;

    ChannelHistory(ChannelName name, long lostThrough) {
        this.name = name;
        this.lostThrough = lostThrough;
    }

    void add(Event event) {
        if (size == ring.length) {
            @Nullable Event[] grown = new Event[2 * size];
            for (int i = 0; i < size; i++) {
                grown[i] = get(i);
            }
            ring = grown;
            head = 0;
        }
        ring[(head + size) & (ring.length - 1)] = event;
        size++;
    }

    /** Drops the oldest event and remembers that it is lost. */
    Event removeFirst() {
        Event first = get(0);
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        size--;
        lostThrough = Math.max(lostThrough, first.offset());
        if (size == 0 && ring.length > 4) {
            ring = new Event[4];
            head = 0;
        }
        return first;
    }

    /** The i-th oldest event. */
    Event get(int i) {
        Event event = ring[(head + i) & (ring.length - 1)];
        if (event == null || i >= size) {
            throw new IndexOutOfBoundsException(i);
        }
        return event;
    }

    /** The offset of the newest event of the channel that is known, here or lost. */
    long newestOffset() {
        return size == 0 ? lostThrough : Math.max(lostThrough, get(size - 1).offset());
    }

    int size() {
        return size;
    }

    /** The index of the oldest event after this offset; {@link #size()} where there is none. */
    int indexAfter(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).offset() > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    long overhead() {
        return OVERHEAD_BYTES + 2L * name.value().length() + 4L * ring.length;
    }

    ChannelSummary summary() {
        return new ChannelSummary(name, size, get(0).position(), get(size - 1).position());
    }
}
