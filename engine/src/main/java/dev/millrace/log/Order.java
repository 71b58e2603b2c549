package dev.millrace.log;

import org.jspecify.annotations.Nullable;

/**
 * The retained events of one epoch by their offsets. Not thread-safe.
 *
 * <p>A ring of chunks of {@value #CHUNK} places; the place of an event that is gone is empty, a chunk without events is dropped.
 * So removal from anywhere costs O(1), and what few events survive among many gone ones cost a chunk each: {@link #overhead()}
 * counts that, and the retention by bytes pays for it.
 */
final class Order {
    private static final int CHUNK = 128;
    private static final int SMALLEST = 16;
    private static final int CHUNK_BYTES = 4 * CHUNK + 40;

    private static final class Chunk {
        final @Nullable Event[] events = new Event[CHUNK];
        int live;
    }

    private @Nullable Chunk[] chunks = new Chunk[SMALLEST]; // a ring; the chunk with number n stands at n & mask
    private long firstChunk; // the number of the oldest chunk that may be there
    private long endChunk; // one past the number of the newest
    private int liveChunks;

    /** Puts an event at its offset, which must be greater than all before. */
    void add(Event event) {
        long number = event.offset() / CHUNK;
        if (liveChunks == 0) {
            firstChunk = number;
            endChunk = number;
        }
        growTo(number);
        int slot = slot(number);
        Chunk chunk = chunks[slot];
        if (chunk == null) {
            chunk = new Chunk();
            chunks[slot] = chunk;
            liveChunks++;
        }
        chunk.events[(int) (event.offset() % CHUNK)] = event;
        chunk.live++;
        endChunk = number + 1;
    }

    /** Takes all away. */
    void clear() {
        chunks = new Chunk[SMALLEST];
        firstChunk = endChunk = 0;
        liveChunks = 0;
    }

    /** Takes the event at this offset away. */
    void remove(long offset) {
        int slot = slot(offset / CHUNK);
        Chunk chunk = chunks[slot];
        if (chunk == null) {
            throw new IllegalStateException("no event at offset " + offset);
        }
        chunk.events[(int) (offset % CHUNK)] = null;
        if (--chunk.live == 0) {
            chunks[slot] = null;
            liveChunks--;
            while (firstChunk < endChunk && chunks[slot(firstChunk)] == null) {
                firstChunk++;
            }
            if (chunks.length > SMALLEST && 4 * (endChunk - firstChunk) < chunks.length) {
                resize(chunks.length / 2);
            }
        }
    }

    /** The first event after this offset; null where there is none. */
    @Nullable
    Event next(long offset) {
        long from = Math.max(offset + 1, firstChunk * CHUNK);
        for (long number = from / CHUNK; number < endChunk; number++) {
            Chunk chunk = chunks[slot(number)];
            if (chunk != null) {
                for (int i = number * CHUNK < from ? (int) (from % CHUNK) : 0; i < CHUNK; i++) {
                    Event event = chunk.events[i];
                    if (event != null) {
                        return event;
                    }
                }
            }
        }
        return null;
    }

    /** The last event before this offset; null where there is none. */
    @Nullable
    Event previous(long offset) {
        long from = Math.min(offset - 1, endChunk * CHUNK - 1);
        for (long number = Math.floorDiv(from, CHUNK); number >= firstChunk; number--) {
            Chunk chunk = chunks[slot(number)];
            if (chunk != null) {
                for (int i = (number + 1) * CHUNK > from ? (int) (from % CHUNK) : CHUNK - 1; i >= 0; i--) {
                    Event event = chunk.events[i];
                    if (event != null) {
                        return event;
                    }
                }
            }
        }
        return null;
    }

    /** The oldest event; null where there is none. */
    @Nullable
    Event first() {
        return next(firstChunk * CHUNK - 1);
    }

    /** What the chunks take, in bytes. */
    long overhead() {
        return (long) liveChunks * CHUNK_BYTES + 4L * chunks.length;
    }

    private void growTo(long number) {
        long needed = number - firstChunk + 1;
        if (needed > chunks.length) {
            resize(Math.toIntExact(Long.highestOneBit(needed - 1) << 1));
        }
    }

    private void resize(int length) {
        @Nullable Chunk[] resized = new Chunk[length];
        for (long n = firstChunk; n < endChunk; n++) {
            resized[(int) (n & (length - 1))] = chunks[slot(n)];
        }
        chunks = resized;
    }

    private int slot(long number) {
        return (int) (number & (chunks.length - 1));
    }
}
