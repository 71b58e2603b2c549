package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * What a client asks for when it opens a stream.
 *
 * @param channels what it listens to, besides the broadcasts
 * @param lastEventId the id that it has reached, or {@code earliest}; empty on a first connect
 * @param history on a first connect, how many of the newest events to replay first
 * @param clientId the secret name that it chose; empty to be given one
 * @param user whose stream it is; empty where nobody is known
 * @param expiresAt when its permission ends
 */
public record Subscription(
        ChannelSet channels,
        Optional<String> lastEventId,
        OptionalInt history,
        Optional<String> clientId,
        Optional<String> user,
        Optional<Instant> expiresAt) {
    /** What asks for everything that is retained, in the place of an id. */
    public static final String EARLIEST = "earliest";

    /** A place that no log ever had. */
    private static final Position UNREADABLE = new Position(0, 0);

    private static final Pattern CLIENT_ID = Pattern.compile("[A-Za-z0-9_-]{16,64}");

    public Subscription {
        lastEventId = lastEventId.filter(id -> !id.isEmpty()); // an empty one is as if it were not given
        if (clientId.isPresent() && !isClientId(clientId.get())) {
            throw new IllegalArgumentException("clientId must be 16 to 64 characters out of A-Z a-z 0-9 _ -");
        }
    }

    /** Whether a text may be the name of a stream. */
    public static boolean isClientId(String text) {
        return CLIENT_ID.matcher(text).matches();
    }

    /** A first connect of an unknown client. */
    public static Subscription to(ChannelSet channels) {
        return new Subscription(
                channels, Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same, coming back with this id. An empty one is none. */
    public Subscription after(String id) {
        return new Subscription(channels, Optional.of(id), history, clientId, user, expiresAt);
    }

    /** The same, replaying the newest events first. */
    public Subscription withHistory(int count) {
        return new Subscription(channels, lastEventId, OptionalInt.of(count), clientId, user, expiresAt);
    }

    /** The same of a client with a name of its own. */
    public Subscription as(String id) {
        return new Subscription(channels, lastEventId, history, Optional.of(id), user, expiresAt);
    }

    /** The same of a user. */
    public Subscription of(String userName) {
        return new Subscription(channels, lastEventId, history, clientId, Optional.of(userName), expiresAt);
    }

    /** The same until then. */
    public Subscription until(Instant end) {
        return new Subscription(channels, lastEventId, history, clientId, user, Optional.of(end));
    }

    /** The same for other channels. */
    Subscription on(ChannelSet others) {
        return new Subscription(others, lastEventId, history, clientId, user, expiresAt);
    }

    /** Whether it comes back with an id of an event. */
    boolean isResume() {
        return lastEventId.isPresent() && !lastEventId.get().equals(EARLIEST);
    }

    /** Where it begins, inboxes aside. */
    Start start() {
        if (isResume()) {
            return new Start.After(lastEventId.flatMap(Position::parse).orElse(UNREADABLE));
        }
        if (lastEventId.isPresent()) {
            return new Start.Earliest();
        }
        return history.isPresent() ? new Start.Newest(history.getAsInt()) : new Start.Latest();
    }
}
