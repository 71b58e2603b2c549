package dev.millrace.log;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The idempotency keys of the last minutes, in memory, and where the event of each was placed. Not thread-safe.
 *
 * <p>Bounded: where keys come faster than the memory allows for the window, the oldest are forgotten.
 */
final class IdempotencyKeys {
    private static final int ENTRY_BYTES = 400;

    private record Key(ChannelName channel, String key) {}

    private record Placed(String fingerprint, Position position, long timeMillis) {}

    private final Map<Key, Placed> placed = new LinkedHashMap<>();
    private final long windowMillis;
    private final long maxKeys;

    IdempotencyKeys(Duration window, long maxBytes) {
        this.windowMillis = window.toMillis();
        this.maxKeys = Math.max(1, maxBytes / ENTRY_BYTES);
    }

    /**
     * Where the event with this publication's key was placed; empty where it has none or the key is new.
     *
     * @throws KeyConflictException if that was another event
     */
    Optional<Position> find(Publication publication, long nowMillis) {
        if (publication.key().isEmpty()) {
            return Optional.empty();
        }
        Placed first = placed.get(new Key(publication.channel(), publication.key()));
        if (first == null || nowMillis - first.timeMillis() > windowMillis) {
            return Optional.empty();
        }
        if (!first.fingerprint().equals(publication.fingerprint())) {
            throw new KeyConflictException();
        }
        return Optional.of(first.position());
    }

    void remember(Publication publication, Position position, long nowMillis) {
        if (!publication.key().isEmpty()) {
            Key key = new Key(publication.channel(), publication.key());
            placed.remove(key); // an expired one: the newest stand last
            placed.put(key, new Placed(publication.fingerprint(), position, nowMillis));
            trim(nowMillis);
        }
    }

    void trim(long nowMillis) {
        Iterator<Placed> oldest = placed.values().iterator();
        while (oldest.hasNext()) {
            boolean isOver = nowMillis - oldest.next().timeMillis() > windowMillis;
            if (!isOver && placed.size() <= maxKeys) {
                return;
            }
            oldest.remove();
        }
    }
}
