package dev.millrace.showcase.chat;

import dev.millrace.hub.Subscriber;
import java.util.List;
import java.util.Optional;

/** What a room is to the hub: a channel, whose listeners are its members. */
final class Room {
    private static final String PREFIX = "chat:";

    private Room() {}

    static String channel(String room) {
        return PREFIX + room;
    }

    /** A member by the name that it gave itself; no user of the application has such a name. */
    static String member(String userId) {
        return PREFIX + userId;
    }

    /** The name of a member; empty where it is another user. */
    static Optional<String> userId(Optional<String> user) {
        return user.filter(name -> name.startsWith(PREFIX)).map(name -> name.substring(PREFIX.length()));
    }

    /** The channels of the rooms that a stream is in. */
    static List<String> of(Subscriber subscriber) {
        return subscriber.channels().entries().stream()
                .filter(entry -> entry.startsWith(PREFIX))
                .toList();
    }
}
