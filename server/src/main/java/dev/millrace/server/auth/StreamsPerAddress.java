package dev.millrace.server.auth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many streams each client address has open, up to a limit. Thread-safe; knows only addresses that have one. */
public final class StreamsPerAddress {
    private final int limit;
    private final Map<ClientAddress, Integer> open = new ConcurrentHashMap<>();

    /** A limit of at least 1. */
    public StreamsPerAddress(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("the limit of streams per address must be at least 1, but is " + limit);
        }
        this.limit = limit;
    }

    /** Counts one more stream, if the limit allows; who gets {@code true} must {@link #release} it once. */
    public boolean tryAcquire(ClientAddress address) {
        boolean[] acquired = {false};
        open.compute(address, (key, count) -> {
            int streams = count == null ? 0 : count;
            acquired[0] = streams < limit;
            return acquired[0] ? streams + 1 : streams;
        });
        return acquired[0];
    }

    /** Counts one stream less. */
    public void release(ClientAddress address) {
        open.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    /** How many addresses have a stream open. */
    public int addresses() {
        return open.size();
    }
}
