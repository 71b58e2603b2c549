package dev.millrace.log;

import java.util.List;

/** A reader's place in a log, for one channel set. Not thread-safe. */
public interface Cursor {
    /** What a poll did. */
    enum State {
        /** The reader stands at the limit: there is nothing more for it. */
        IDLE,
        /** Events were delivered, or passed over; there may be more. */
        DELIVERED,
        /** What comes next is being fetched; the cursor's {@code ready} is called when it is there. */
        LOADING
    }

    /**
     * Adds, in order, the next events of its channels up to and including {@code until} to a list.
     *
     * <p>Call {@link #takeGaps()} after each poll: what is missing stands before the events of that poll.
     *
     * @param maxEvents about the most events of one poll
     * @param maxBytes about the most bytes of one poll; the first event is delivered whatever its size
     */
    State poll(Position until, int maxEvents, long maxBytes, List<? super Event> to);

    /** The place that it has reached: everything of its channels up to here was delivered, or announced as a gap. */
    Position position();

    /** The gaps found since the last call, mostly none. */
    List<Gap> takeGaps();

    /** Listens to other channels from here on: their events after this place are delivered, or announced as gaps. */
    void channels(ChannelSet channels);
}
