package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** How many streams of this node each channel reaches, counted by name and pattern. Thread-safe. */
final class Demand {
    private final Map<String, Integer> names = new ConcurrentHashMap<>();
    private final Map<String, Integer> prefixes = new ConcurrentHashMap<>();
    private final LongAdder ofBroadcasts = new LongAdder();

    void add(ChannelSet channels) {
        ofBroadcasts.add(channels.hasBroadcasts() ? 1 : 0);
        channels.names().forEach(name -> names.merge(name.value(), 1, Integer::sum));
        channels.prefixes().forEach(prefix -> prefixes.merge(prefix, 1, Integer::sum));
    }

    void remove(ChannelSet channels) {
        ofBroadcasts.add(channels.hasBroadcasts() ? -1 : 0);
        channels.names().forEach(name -> names.computeIfPresent(name.value(), Demand::less));
        channels.prefixes().forEach(prefix -> prefixes.computeIfPresent(prefix, Demand::less));
    }

    @SuppressWarnings("NullAway") // null takes the entry out of the map
    private static Integer less(String entry, Integer count) {
        return count == 1 ? null : count - 1;
    }

    /** How many streams the events of a channel go to. */
    int of(ChannelName channel) {
        if (channel.equals(ChannelName.ALL)) {
            return ofBroadcasts.intValue();
        }
        int count = names.getOrDefault(channel.value(), 0);
        return channel.isReserved() ? count : count + ofPatterns(channel.value());
    }

    private int ofPatterns(String name) {
        int count = 0;
        if (prefixes.size() <= name.length()) {
            for (Map.Entry<String, Integer> prefix : prefixes.entrySet()) {
                count += name.startsWith(prefix.getKey()) ? prefix.getValue() : 0;
            }
        } else {
            for (int length = 0; length <= name.length(); length++) {
                count += prefixes.getOrDefault(name.substring(0, length), 0);
            }
        }
        return count;
    }

    /** How many different names and patterns are listened to. */
    int size() {
        return names.size() + prefixes.size();
    }

    /** The names that are listened to, in no order. */
    Iterable<String> names() {
        return names.keySet();
    }
}
