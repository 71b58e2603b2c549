package dev.millrace.redis;

import dev.millrace.hub.Bookmarks;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

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

    /** Where nodes hear the events of one channel, or of all. */
    byte[] live(String entry) {
        return named(entry.equals(Wants.ALL) ? "live" : "live:" + entry);
    }

    /** What is heard there: a channel, or all; empty for another place. */
    Optional<String> liveEntry(String topic) {
        if (topic.startsWith(prefix + "live:")) {
            return Optional.of(topic.substring(prefix.length() + 5));
        }
        return topic.equals(prefix + "live") ? Optional.of(Wants.ALL) : Optional.empty();
    }

    /** Where one node hears what the log has come to. */
    byte[] mark(String id) {
        return named("mark:" + id);
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
