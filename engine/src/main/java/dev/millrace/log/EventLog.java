package dev.millrace.log;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An append-only order of events, kept as long as its retention allows.
 *
 * <p>Every implementation is thread-safe and passes {@code EventLogContract}. No method blocks on a disk or a network.
 */
public interface EventLog extends AutoCloseable {
    /**
     * Places publications in the order, all of them or none.
     *
     * <p>The stage completes when they are <em>kept</em> as this log keeps: at once in memory, after the sync on disk, after Redis
     * answered; with {@link KeyConflictException} or {@link LogUnavailableException} where they are not. Publications that are not
     * to be kept are handed to the followers on all nodes that hear their channels, and have their receipts at once.
     */
    CompletionStage<List<Receipt>> append(List<Publication> publications);

    /** The place of the newest event; offset 0 of its epoch while there is none. */
    Position last();

    /**
     * The place of the newest event, as far as it matters to readers of these channels: where they are heard, {@link #last}, else not
     * before what any node has acknowledged until now. Fails with {@link LogUnavailableException} where that can't be known.
     */
    default CompletionStage<Position> newest(ChannelSet channels) {
        return CompletableFuture.completedFuture(last());
    }

    /**
     * Makes the new events of these channels come here, as often as it is called until {@link #leave} is called as often.
     *
     * <p>Completes when they do, and {@link #last} is not before what was acknowledged until then; or, where the log is away, after
     * half a second at most. A cursor finds all events of channels that are not heard, too, but has to ask for them.
     */
    default CompletionStage<Void> hear(ChannelSet channels) {
        return CompletableFuture.completedFuture(null);
    }

    /** Takes back one {@link #hear}. */
    default void leave(ChannelSet channels) {}

    /** Whether all events of these channels after a place come here: so that {@link #tail} has them. */
    default boolean hears(ChannelSet channels, Position after) {
        return true;
    }

    /**
     * A reader's place in this log. Completes at once where the start is {@code After} or {@code Latest}.
     *
     * <p>A place that this log never had, or of another life of it, begins with a gap on every channel and then delivers all that
     * is kept. {@code Earliest} and {@code Newest} announce no gap for what was gone when they began.
     *
     * @param ready called, on any thread, when a cursor that answered {@code LOADING} can go on
     */
    CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready);

    /** A reader of all channels that are heard, the hub's own included; for those who pass events on. */
    Cursor tail(Position after);

    /** Calls the follower after each append that is kept, and with each event that is not. Once per log. */
    void follow(Follower follower);

    /**
     * What is kept of the channels whose names begin with the prefix and sort after {@code after}, by name; of the hub's own only the one
     * that is the prefix.
     */
    CompletionStage<List<ChannelSummary>> channels(String prefix, String after, int limit);

    /** Drops what the retention no longer keeps. Called now and then; appends trim by count and bytes themselves. */
    void trim();

    /** How it keeps up. */
    default LogFigures figures() {
        return LogFigures.NONE;
    }

    @Override
    void close();

    /** Who is told that the log has grown. Called on any thread; must return at once. */
    interface Follower {
        /** Events were kept: read them with a cursor. */
        void appended();

        /**
         * These events were kept, and can be read with a cursor.
         *
         * @param before the place after which they come; between it and the last of them there are no others that are heard
         * @param events at least one, in order
         */
        default void appended(Position before, List<Event> events) {
            appended();
        }

        /**
         * The log has come to a place, with nothing in between that is heard.
         *
         * @param before the place that was reached before
         */
        default void reached(Position before, Position through) {
            appended();
        }

        /** Events that others have come after, already, never came here: who listens to their channel can't be given them any more. */
        default void missed(Gap gap) {}

        /** An event that is not kept. */
        void passing(Event event);
    }
}
