package dev.millrace.redis;

import dev.millrace.hub.Bookmarks;
import java.nio.charset.StandardCharsets;

/**
 * The names of the keys and Pub/Sub channels of one hub on Redis.
 *
 * <p>The prefix stands in braces, and no character before it, so that all keys are in one slot whatever braces follow. No name of
 * a channel holds a space, so what stands after one can be any text.
 */
final class Keys {
    private final String prefix;

    Keys(String prefix) {
        this.prefix = "{" + prefix + "}:";
    }

    /** What all names begin with. */
    String prefix() {
        return prefix;
    }

    /** The hash of the log. */
    byte[] log() {
        return named("log");
    }

    /** Where all nodes hear the events. */
    byte[] live() {
        return named("live");
    }

    /** Where all nodes hear questions. */
    byte[] ask() {
        return named("ask");
    }

    /** Where all nodes hear orders to streams. */
    byte[] order() {
        return named("order");
    }

    /** Where one node hears answers. */
    byte[] node(String id) {
        return named("node:" + id);
    }

    /** The signs of life of all nodes. */
    byte[] nodes() {
        return named("nodes");
    }

    byte[] bookmark(Bookmarks.Inbox inbox) {
        return named("b:" + inbox.channel().value() + " " + inbox.user());
    }

    private byte[] named(String rest) {
        return (prefix + rest).getBytes(StandardCharsets.UTF_8);
    }
}
