package dev.millrace.hub;

import dev.millrace.log.Publication;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What the stream of one client is to do, whichever node holds it.
 *
 * @param clientId the stream's name
 * @param mandate for whose streams it is good
 * @param deed what it is
 */
public record Order(String clientId, Mandate mandate, Deed deed) {
    /**
     * For whose streams an order is good.
     *
     * @param isForAll for anybody's
     * @param user else for this user's; empty for those of nobody who is known
     */
    public record Mandate(boolean isForAll, Optional<String> user) {
        /** For anybody's streams. */
        public static Mandate forAll() {
            return new Mandate(true, Optional.empty());
        }

        /** For one user's streams; empty for those of nobody who is known. */
        public static Mandate of(Optional<String> user) {
            return new Mandate(false, user);
        }

        /** Whether it is good for a stream of this user. */
        public boolean covers(Optional<String> owner) {
            return isForAll || user.equals(owner);
        }
    }

    /** What a stream can be told. */
    public sealed interface Deed {
        /** Nothing: whoever gives the order wants to know what the stream listens to. */
        record Look() implements Deed {}

        /** To listen to this channel or pattern, too. */
        record Subscribe(String entry) implements Deed {}

        /** To listen to this channel or pattern no more. */
        record Unsubscribe(String entry) implements Deed {}

        /** To pass this event on to its client; the name is one that can be published. */
        record Send(String name, String data) implements Deed {
            public Send {
                Publication.requireValidName(name);
            }
        }

        /** To leave these channels and patterns, and to end at this time; empty for never. */
        record Renew(Optional<Instant> expiresAt, Set<String> leaving) implements Deed {}

        /** To end. */
        record Kick() implements Deed {}

        /**
         * To make way: its client opens another stream, on another node.
         *
         * @param opening which of that node's openings it is
         */
        record Yield(long opening) implements Deed {}
    }
}
