package dev.millrace.log;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which channels' events come into a window, and since when each of them: all, unless it is told otherwise. Not thread-safe.
 *
 * <p>What a channel had before that is not in the window, as if it were dropped. The hub's own channels always come in.
 */
final class Heard {
    private static final long NEVER = Long.MAX_VALUE;

    private final Map<ChannelName, Long> since = new HashMap<>();
    private long allSince;

    /** The offset after which all events of the channel are heard; beyond any where none are. */
    long since(ChannelName channel) {
        if (allSince == 0 || channel.isReserved()) {
            return 0;
        }
        return Math.min(allSince, since.getOrDefault(channel, NEVER));
    }

    long allSince() {
        return allSince;
    }

    boolean hears(ChannelName channel) {
        return since(channel) != NEVER;
    }

    /** Whether all events of a set after this offset are heard; a set of {@code null} is whatever is heard. */
    boolean hears(@Nullable ChannelSet set, long after) {
        if (set == null || allSince <= after) {
            return true;
        }
        if (!set.prefixes().isEmpty()) {
            return false;
        }
        for (ChannelName name : set.names()) {
            if (since(name) > after) {
                return false;
            }
        }
        return true;
    }

    void join(Collection<ChannelName> names, long last) {
        names.forEach(name -> since.putIfAbsent(name, last));
    }

    void joinAll(long last) {
        allSince = Math.min(allSince, last);
    }

    void leave(Collection<ChannelName> names) {
        since.keySet().removeAll(names);
    }

    /** Hears only these from now on, as far as they were heard. */
    void leaveAll(Set<ChannelName> but) {
        for (ChannelName name : but) {
            long known = since(name);
            if (known != NEVER) {
                since.put(name, known);
            }
        }
        allSince = NEVER;
    }

    /** The window begins anew, with what comes next. */
    void restart() {
        since.replaceAll((name, offset) -> 0L);
        allSince = allSince == NEVER ? NEVER : 0;
    }

    /** Adds what of a set was not heard after an offset to its losses, none of them beyond the last offset. */
    void addUnheard(ChannelSet set, long after, long last, Map<String, Long> losses) {
        for (ChannelName name : set.names()) {
            addUnheard(name.value(), Math.min(since(name), last), after, losses);
        }
        for (String prefix : set.prefixes()) {
            addUnheard(prefix + "*", Math.min(allSince, last), after, losses);
        }
    }

    private static void addUnheard(String entry, long through, long after, Map<String, Long> losses) {
        if (through > after) {
            losses.merge(entry, through, Math::max);
        }
    }
}
