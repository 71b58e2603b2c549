package dev.millrace.hub;

import dev.millrace.log.Event;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a stream was given an event, or was not.
 *
 * @param event the event, where it is still kept
 * @param client how the stream stands
 * @param reason a sentence for people
 */
public record Explanation(Outcome outcome, Optional<Event> event, ClientInfo client, String reason) {
    /** What became of the event on the stream. */
    public enum Outcome {
        /** It has left for the peer. */
        WRITTEN(true, true, true),
        /** The connection was given it, and has not yet sent all that it was given. */
        SENDING(true, true, false),
        /** The stream has not come to it yet. */
        BEHIND(true, true, false),
        /** The stream began after it. */
        BEGAN_LATER(true, true, false),
        /** The stream did not listen to its channel then. */
        NOT_MATCHED(false, null, false),
        /** The stream had lost its channel to a token that does not grant it. */
        NOT_AUTHORISED(false, false, false),
        /** It is no longer kept; the stream was told that something is missing there. */
        GAP(null, null, false),
        /** It is no longer kept, so its channel is not known. */
        NOT_KEPT(null, null, null),
        /** What the stream listened to then is no longer known. */
        FORGOTTEN(null, null, null),
        /** No event that this log knows has this id. */
        UNKNOWN_EVENT(null, null, null);

        private final Optional<Boolean> matched;
        private final Optional<Boolean> authorised;
        private final Optional<Boolean> written;

        Outcome(@Nullable Boolean matched, @Nullable Boolean authorised, @Nullable Boolean written) {
            this.matched = Optional.ofNullable(matched);
            this.authorised = Optional.ofNullable(authorised);
            this.written = Optional.ofNullable(written);
        }

        /** Whether the stream listened to its channel; empty where that is not known. */
        public Optional<Boolean> matched() {
            return matched;
        }

        /** Whether the stream was allowed its channel; empty where that was no question, or is not known. */
        public Optional<Boolean> authorised() {
            return authorised;
        }

        /** Whether it has left for the peer; empty where that is not known. */
        public Optional<Boolean> written() {
            return written;
        }
    }

    /** The earliest moment at which it can have been written, in milliseconds since 1970; empty where it was not. */
    public Optional<Long> writtenAfterMillis() {
        return event.filter(known -> outcome == Outcome.WRITTEN)
                .map(known -> Math.max(known.timeMillis(), client.listener().connectedAtMillis()));
    }

    /** The latest moment at which it can have been written, in milliseconds since 1970; empty where it was not. */
    public Optional<Long> writtenBeforeMillis() {
        return writtenAfterMillis().map(after -> Math.max(after, client.wroteAtMillis()));
    }
}
