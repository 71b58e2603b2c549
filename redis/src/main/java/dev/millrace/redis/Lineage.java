package dev.millrace.redis;

import dev.millrace.log.Position;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The earlier lives of a log whose beginning the present one has kept.
 *
 * @param sharedThrough for each epoch the offset through which its events are those of the present life too
 */
record Lineage(Map<Long, Long> sharedThrough) {
    /** The lineage that a log on Redis tells of: where each life was left, the latest first. */
    static Lineage parse(String text) {
        Map<Long, Long> shared = new LinkedHashMap<>();
        long least = Long.MAX_VALUE; // of an older life no more is left than of the ones between
        for (String left : text.split(",", -1)) {
            Position place = Position.parse(left).orElse(null);
            if (place != null) {
                least = Math.min(least, place.offset());
                shared.putIfAbsent(place.epoch(), least);
            }
        }
        return new Lineage(Map.copyOf(shared));
    }
}
