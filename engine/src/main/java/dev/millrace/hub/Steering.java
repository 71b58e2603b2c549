package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a stream was steered to since it was opened: channels that it takes along when it comes back. Immutable.
 *
 * <p>It holds no more than the stream asked for and listens to, however often that changes: a name that was only visited is forgotten.
 *
 * @param added channels and patterns that it listens to besides those that it asked for
 * @param removed those that it asked for, and listens to no more
 */
public record Steering(Set<String> added, Set<String> removed) {
    /** Nothing. */
    public static final Steering NONE = new Steering(Set.of(), Set.of());

    /** The same, and this one more: one that it did not listen to. */
    Steering subscribed(String entry) {
        return removed.contains(entry)
                ? new Steering(added, without(removed, entry))
                : new Steering(with(added, entry), removed);
    }

    /** The same, and this one less: one that it listened to. */
    Steering unsubscribed(String entry) {
        return added.contains(entry)
                ? new Steering(without(added, entry), removed)
                : new Steering(added, with(removed, entry));
    }

    /** The same for a stream that asks for these. */
    Steering of(ChannelSet requested) {
        Set<String> asked = requested.entries();
        return new Steering(
                keep(added, entry -> !asked.contains(entry) && !removed.contains(entry)),
                keep(removed, asked::contains));
    }

    /** The channels of a request, as they were steered. */
    ChannelSet apply(ChannelSet requested) {
        ChannelSet steered = requested;
        for (String entry : added) {
            steered = steered.with(entry);
        }
        for (String entry : removed) {
            steered = steered.without(entry);
        }
        return steered;
    }

    private static Set<String> keep(Set<String> entries, Predicate<String> rule) {
        return entries.stream().filter(rule).collect(Collectors.toCollection(LinkedHashSet::new));
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
