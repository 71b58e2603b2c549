package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.Position;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber that reads on by itself, until it is where the others are.
 *
 * <p>It may read in phases: an inbox from where it was left, and from some place on all channels. Not thread-safe.
 */
final class CatchUp {
    /** Up to this place it reads these channels only. */
    record Phase(ChannelSet channels, Position until) {}

    private final Cursor cursor;
    private final Deque<Phase> phases;
    private ChannelSet channels;
    private boolean isQueued;
    private @Nullable Greeting greeting;

    /** What is said after the first poll, and before what it has read. */
    interface Greeting {
        /** Says it; the poll has found everything, or that something is missing. */
        void say(boolean isComplete);
    }

    /**
     * @param cursor on the channels of the first phase, or on all where there is none
     * @param phases what comes before all channels are read
     */
    CatchUp(Cursor cursor, Deque<Phase> phases, ChannelSet channels) {
        this.cursor = cursor;
        this.phases = phases;
        this.channels = channels;
    }

    void greetBy(Greeting first) {
        greeting = first;
    }

    /** Whether the stream has not said its first word. */
    boolean isFirst() {
        return greeting != null;
    }

    /** Says the greeting, once. */
    void greet(boolean isComplete) {
        Greeting first = greeting;
        if (first != null) {
            greeting = null;
            first.say(isComplete);
        }
    }

    Cursor cursor() {
        return cursor;
    }

    /** How far it may read now, where the others are at this place. */
    Position limit(Position others) {
        return phases.isEmpty() ? others : phases.getFirst().until();
    }

    /** What it reads before all channels are read. */
    List<Phase> phases() {
        return List.copyOf(phases);
    }

    /** Goes on to the next phase; answers whether there was one. */
    boolean nextPhase() {
        if (phases.isEmpty()) {
            return false;
        }
        phases.removeFirst();
        cursor.channels(phases.isEmpty() ? channels : phases.getFirst().channels());
        return true;
    }

    /** What it reads when all phases are over. */
    ChannelSet channels() {
        return channels;
    }

    /** The subscriber listens to other channels from here on; a phase ends with that. */
    void channels(ChannelSet next) {
        phases.clear();
        channels = next;
        cursor.channels(next);
    }

    /** Marks it as waiting for its turn; answers whether it was not. */
    boolean enqueue() {
        boolean isNew = !isQueued;
        isQueued = true;
        return isNew;
    }

    void dequeue() {
        isQueued = false;
    }
}
