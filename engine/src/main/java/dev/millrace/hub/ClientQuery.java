package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import java.util.Optional;

/**
 * Which open streams are asked for; they are told in the order of their ids.
 *
 * @param clientId this one only
 * @param user this user's only
 * @param channel those that get the events of this channel only
 * @param after those whose ids sort after this one; empty for all
 * @param limit at most so many
 */
public record ClientQuery(
        Optional<String> clientId, Optional<String> user, Optional<ChannelName> channel, String after, int limit) {
    public ClientQuery {
        requireId("clientId", clientId.orElse(""));
        requireId("after", after);
    }

    private static void requireId(String name, String id) {
        if (!id.matches("[A-Za-z0-9_-]{0,64}")) {
            throw new IllegalArgumentException(name + " must be the id of a client");
        }
    }

    /** The one stream with this id. */
    public static ClientQuery of(String clientId) {
        return new ClientQuery(Optional.of(clientId), Optional.empty(), Optional.empty(), "", 1);
    }

    /** Whether a stream is one of them, the limit aside. */
    public boolean takes(Listener listener) {
        return listener.clientId().compareTo(after) > 0
                && clientId.filter(id -> !id.equals(listener.clientId())).isEmpty()
                && user.filter(name -> !name.equals(listener.user().orElse(""))).isEmpty()
                && channel.filter(name -> !listener.channels().contains(name)).isEmpty();
    }
}
