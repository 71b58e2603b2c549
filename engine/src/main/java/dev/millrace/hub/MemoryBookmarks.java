package dev.millrace.hub;

import dev.millrace.log.Position;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Bookmarks in memory. Bounded: the ones that were not moved for the longest time go first. */
public final class MemoryBookmarks implements Bookmarks {
    private final Map<Inbox, Position> places;

    /** Keeps at most so many bookmarks. */
    public MemoryBookmarks(int capacity) {
        places = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Inbox, Position> eldest) {
                return size() > capacity;
            }
        };
    }

    @Override
    public synchronized CompletionStage<Optional<Position>> find(Inbox inbox) {
        return CompletableFuture.completedFuture(Optional.ofNullable(places.get(inbox)));
    }

    @Override
    public synchronized void move(Inbox inbox, Position written) {
        places.merge(inbox, written, (old, now) -> old.isBefore(now) ? now : old);
    }

    @Override
    public void close() {}
}
