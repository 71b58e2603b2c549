package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a stream was steered to since it was opened: channels that it takes along when it comes back. Immutable.
 *
 * @param added channels and patterns that it listens to besides those that it asked for
 * @param removed those that it asked for, and listens to no more
 */
public record Steering(Set<String> added, Set<String> removed) {
    /** Nothing. */
    public static final Steering NONE = new Steering(Set.of(), Set.of());

    Steering subscribed(String entry) {
        return new Steering(with(added, entry), without(removed, entry));
    }

    Steering unsubscribed(String entry) {
        return new Steering(without(added, entry), with(removed, entry));
    }

    /** The channels of a request, as they were steered. */
    ChannelSet apply(ChannelSet requested) {
        Set<String> entries = new LinkedHashSet<>(requested.entries());
        entries.addAll(added);
        entries.removeAll(removed);
        return ChannelSet.of(new ArrayList<>(entries));
    }

    private static Set<String> with(Set<String> entries, String entry) {
        Set<String> more = new LinkedHashSet<>(entries);
        more.add(entry);
        return more;
    }

    private static Set<String> without(Set<String> entries, String entry) {
        Set<String> fewer = new LinkedHashSet<>(entries);
        fewer.remove(entry);
        return fewer;
    }
}
