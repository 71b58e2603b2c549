package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a stream began, and what became of its channels since: what tells later why an event came, or did not. On the loop only.
 *
 * <p>It is written to when a stream is opened, steered or told of a gap, never for an event. It goes back
 * {@value #MAX_CHANGES} changes and {@value #MAX_GAPS} gaps.
 */
final class Trail {
    static final int MAX_CHANGES = 32;
    private static final int MAX_GAPS = 8;

    /** What became of a channel or pattern. */
    enum Kind {
        JOINED,
        LEFT,
        /** A fresh token does not grant it any more. */
        REVOKED
    }

    /** The events after this place saw it so. */
    record Change(Position at, String entry, Kind kind) {
        ChannelSet undoneIn(ChannelSet channels) {
            return kind == Kind.JOINED ? channels.without(entry) : channels.with(entry);
        }
    }

    /** The trail of a stream that reads nothing yet. */
    static final Trail UNBEGUN = new Trail(new Position(0, 0), List.of());

    private final Position start;
    private final List<CatchUp.Phase> phases;
    private @Nullable Deque<Change> changes;
    private @Nullable Position forgottenThrough;
    private @Nullable Deque<Gap> gaps;

    Trail(Position start, List<CatchUp.Phase> phases) {
        this.start = start;
        this.phases = phases;
    }

    void changed(Change change) {
        if (changes == null) {
            changes = new ArrayDeque<>(4);
        }
        if (changes.size() == MAX_CHANGES) {
            forgottenThrough = changes.removeFirst().at();
        }
        changes.add(change);
    }

    void lost(Gap gap) {
        if (gaps == null) {
            gaps = new ArrayDeque<>(2);
        }
        if (gaps.size() == MAX_GAPS) {
            gaps.removeFirst();
        }
        gaps.add(gap);
    }

    /** What the stream listened to when it came to an event's place; empty where that is forgotten. */
    Optional<ChannelSet> channelsAt(Position event, ChannelSet now) {
        if (forgottenThrough != null && !forgottenThrough.isBefore(event)) {
            return Optional.empty();
        }
        ChannelSet channels = now;
        if (changes != null) {
            for (Iterator<Change> newest = changes.descendingIterator(); newest.hasNext(); ) {
                Change change = newest.next();
                channels = change.at().isBefore(event) ? channels : change.undoneIn(channels);
            }
        }
        return Optional.of(channels);
    }

    /** Whether the stream began after an event of this set; an inbox may begin earlier than the other channels. */
    boolean beganAfter(Position event, ChannelName channel) {
        if (!start.isBefore(event)) {
            return true;
        }
        return phases.stream()
                .filter(phase -> !phase.until().isBefore(event))
                .findFirst()
                .filter(phase -> !phase.channels().contains(channel))
                .isPresent();
    }

    /** The change by which a channel left, the newest before an event's place. */
    Optional<Change> leaving(Position event, ChannelName channel) {
        if (changes == null) {
            return Optional.empty();
        }
        return changes.stream()
                .filter(change -> change.kind() != Kind.JOINED
                        && change.at().isBefore(event)
                        && ChannelSet.of(change.entry()).contains(channel))
                .reduce((older, newer) -> newer);
    }

    /** The first change by which a channel came, at or after an event's place. */
    Optional<Change> joining(Position event, ChannelName channel) {
        if (changes == null) {
            return Optional.empty();
        }
        return changes.stream()
                .filter(change -> change.kind() == Kind.JOINED
                        && !change.at().isBefore(event)
                        && ChannelSet.of(change.entry()).contains(channel))
                .findFirst();
    }

    /** Whether the stream was told that something is missing at this place. */
    boolean isLost(Position event) {
        return gaps != null
                && gaps.stream()
                        .anyMatch(gap -> !gap.resumedAt().isBefore(event)
                                && gap.after()
                                        .filter(after -> !after.isBefore(event))
                                        .isEmpty());
    }

    Position start() {
        return start;
    }
}
