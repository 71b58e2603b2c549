package dev.millrace.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The set of channel names and patterns that a reader listens to. Immutable.
 *
 * <p>A pattern is a channel name followed by {@code *}, which stands for any rest, or {@code *} alone; patterns never match the
 * hub's own names. Next to the entries as they were given, a set knows its {@link #names()} and {@link #prefixes()} without
 * those that another entry covers, so that an event never matches through two of them. A set carries the broadcasts too, unless
 * told not to.
 */
public final class ChannelSet {
    /** The set of a reader of nothing but broadcasts. */
    public static final ChannelSet NONE = new ChannelSet(List.of(), true);

    private final Set<String> entries;
    private final Set<ChannelName> names;
    private final List<String> prefixes;
    private final boolean hasBroadcasts;
    private final int hash;

    private ChannelSet(Collection<String> entries, boolean hasBroadcasts) {
        this.hasBroadcasts = hasBroadcasts;
        this.entries = compact(new LinkedHashSet<>(entries));
        this.prefixes = List.copyOf(prefixes(this.entries));
        Set<ChannelName> uncovered = new TreeSet<>();
        for (String entry : this.entries) {
            if (!isPattern(entry)) {
                ChannelName name =
                        entry.equals(ChannelName.SYSTEM.value()) ? ChannelName.SYSTEM : ChannelName.of(entry);
                if (name.isReserved() || !isCovered(entry)) {
                    uncovered.add(name);
                }
            }
        }
        this.names = compact(uncovered);
        hash = 31 * this.entries.hashCode() + (hasBroadcasts ? 1 : 0);
    }

    private static List<String> prefixes(Set<String> entries) {
        List<String> prefixes = new ArrayList<>();
        for (String entry : new TreeSet<>(entries)) {
            if (isPattern(entry)) {
                String prefix = entry.substring(0, entry.length() - 1);
                if (prefixes.stream().noneMatch(prefix::startsWith)) {
                    prefixes.add(prefix);
                }
            }
        }
        return prefixes;
    }

    /** A set that can't be changed, in the same order; small where it holds one, as it does for most of very many streams. */
    private static <T> Set<T> compact(Set<T> set) {
        return set.size() <= 1 ? Set.copyOf(set) : Collections.unmodifiableSet(set);
    }

    /**
     * The set of these names and patterns.
     *
     * @throws IllegalArgumentException if one breaks the rule of channel names
     */
    public static ChannelSet of(Collection<String> entries) {
        entries.forEach(ChannelSet::requireValid);
        return entries.isEmpty() ? NONE : new ChannelSet(entries, true);
    }

    /** The set of these names and patterns. */
    public static ChannelSet of(String... entries) {
        return of(List.of(entries));
    }

    /**
     * Refuses what is neither a channel name, nor a pattern, nor {@code $system}.
     *
     * @throws IllegalArgumentException that says which rule it breaks
     */
    public static void requireValid(String entry) {
        if (!entry.equals("*") && !entry.equals(ChannelName.SYSTEM.value())) {
            ChannelName.requireValid(isPattern(entry) ? entry.substring(0, entry.length() - 1) : entry);
        }
    }

    /** Whether an entry is a pattern, and not a name. */
    public static boolean isPattern(String entry) {
        return entry.endsWith("*");
    }

    /** The names and patterns, in the order in which they were given. */
    public Set<String> entries() {
        return entries;
    }

    /** The names that no pattern of the set covers. */
    public Set<ChannelName> names() {
        return names;
    }

    /** What stands before the {@code *} of each pattern that no other pattern of the set covers. */
    public List<String> prefixes() {
        return prefixes;
    }

    /** Whether it carries the broadcasts. */
    public boolean hasBroadcasts() {
        return hasBroadcasts;
    }

    /** The same names and patterns without the broadcasts. */
    public ChannelSet withoutBroadcasts() {
        return new ChannelSet(entries, false);
    }

    /** Whether a reader of this set gets the events of this channel. */
    public boolean contains(ChannelName channel) {
        if (channel.isReserved()) {
            return channel.equals(ChannelName.ALL) ? hasBroadcasts : names.contains(channel);
        }
        return names.contains(channel) || isCovered(channel.value());
    }

    private boolean isCovered(String name) {
        for (String prefix : prefixes) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    /** This set and one name or pattern more. */
    public ChannelSet with(String entry) {
        requireValid(entry);
        if (entries.contains(entry)) {
            return this;
        }
        List<String> more = new ArrayList<>(entries);
        more.add(entry);
        return new ChannelSet(more, hasBroadcasts);
    }

    /** This set without one of its names or patterns. */
    public ChannelSet without(String entry) {
        if (!entries.contains(entry)) {
            return this;
        }
        List<String> fewer = new ArrayList<>(entries);
        fewer.remove(entry);
        return new ChannelSet(fewer, hasBroadcasts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChannelSet set
                && hash == set.hash
                && hasBroadcasts == set.hasBroadcasts
                && entries.equals(set.entries);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
