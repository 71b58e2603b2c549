package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Which groups of one loop a channel reaches: an index from names and patterns to the groups that listen to them.
 *
 * <p>A look-up costs one probe for the name and one for each different length of pattern, however many listen elsewhere. Because a
 * {@link ChannelSet} never matches a channel twice, a group is never reached twice. Used on the loop, but for {@link #reaches}.
 */
final class Audience {
    private final Map<String, List<Group>> byName = new ConcurrentHashMap<>(); // other threads look for keys only
    private final Map<String, List<Group>> byPrefix = new ConcurrentHashMap<>();
    private final List<Group> ofBroadcasts = new ArrayList<>();
    private volatile boolean hasBroadcasts;
    private volatile int[] prefixLengths = {};

    void add(Group group) {
        if (group.channels().hasBroadcasts()) {
            ofBroadcasts.add(group);
            hasBroadcasts = true;
        }
        group.channels().names().forEach(name -> entry(byName, name.value()).add(group));
        group.channels().prefixes().forEach(prefix -> entry(byPrefix, prefix).add(group));
        findPrefixLengths(group);
    }

    void remove(Group group) {
        ofBroadcasts.remove(group);
        hasBroadcasts = !ofBroadcasts.isEmpty();
        group.channels().names().forEach(name -> remove(byName, name.value(), group));
        group.channels().prefixes().forEach(prefix -> remove(byPrefix, prefix, group));
        findPrefixLengths(group);
    }

    /** Calls the action with each group that gets the events of this channel. */
    void of(ChannelName channel, Consumer<Group> action) {
        if (channel.equals(ChannelName.ALL)) {
            ofBroadcasts.forEach(action);
            return;
        }
        String name = channel.value();
        List<Group> exact = byName.get(name);
        if (exact != null) {
            exact.forEach(action);
        }
        if (channel.isReserved()) {
            return;
        }
        for (int length : prefixLengths) {
            if (length > name.length()) {
                return;
            }
            List<Group> matching = byPrefix.get(name.substring(0, length));
            if (matching != null) {
                matching.forEach(action);
            }
        }
    }

    /** Whether a channel reaches any group. Called on any thread; exact for what was added before. */
    boolean reaches(ChannelName channel) {
        if (channel.equals(ChannelName.ALL)) {
            return hasBroadcasts;
        }
        String name = channel.value();
        return byName.containsKey(name) || (!channel.isReserved() && matches(name));
    }

    private boolean matches(String name) {
        for (int length : prefixLengths) {
            if (length > name.length()) {
                return false;
            }
            if (byPrefix.containsKey(name.substring(0, length))) {
                return true;
            }
        }
        return false;
    }

    private void findPrefixLengths(Group changed) {
        if (!changed.channels().prefixes().isEmpty()) {
            prefixLengths = byPrefix.keySet().stream()
                    .mapToInt(String::length)
                    .distinct()
                    .sorted()
                    .toArray();
        }
    }

    private static List<Group> entry(Map<String, List<Group>> index, String key) {
        return index.computeIfAbsent(key, k -> new ArrayList<>(1));
    }

    private static void remove(Map<String, List<Group>> index, String key, Group group) {
        List<Group> groups = entry(index, key);
        groups.remove(group);
        if (groups.isEmpty()) {
            index.remove(key);
        }
    }
}
