package dev.millrace.log;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * What a publisher hands in; it becomes an {@link Event} when the log places it.
 *
 * @param channel where to
 * @param name the event's name, empty for none; not one of those that the hub and {@code EventSource} use themselves
 * @param data the text, verbatim
 * @param isKept whether the log retains it; if not, it goes only to those who listen now
 * @param key the idempotency key, empty for none: the same key on the same channel is placed once within the window
 */
public record Publication(ChannelName channel, String name, String data, boolean isKept, String key) {
    /** The most characters (code points) of an event's name. */
    public static final int MAX_NAME_LENGTH = 100;

    /** The most characters (code points) of an idempotency key. */
    public static final int MAX_KEY_LENGTH = 200;

    private static final Set<String> RESERVED_NAMES = Set.of(
            "connected", "subscribed", "unsubscribed", "gap", "expired", "closing", "heartbeat", "open", "error");

    public Publication {
        requireValidName(name);
        if (key.codePointCount(0, key.length()) > MAX_KEY_LENGTH) {
            throw new IllegalArgumentException(
                    "the idempotency key must be at most " + MAX_KEY_LENGTH + " characters long");
        }
        if (!isKept && !key.isEmpty()) {
            throw new IllegalArgumentException(
                    "an event that is not kept takes no idempotency key: leave one of them out");
        }
    }

    /**
     * Refuses what can't be the name of an event that is published or sent; empty stands for none.
     *
     * @throws IllegalArgumentException that says which rule it breaks
     */
    public static void requireValidName(String name) {
        if (name.codePointCount(0, name.length()) > MAX_NAME_LENGTH) {
            throw new IllegalArgumentException("event must be at most " + MAX_NAME_LENGTH + " characters long");
        }
        if (name.indexOf('\n') >= 0 || name.indexOf('\r') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("event must not hold CR, LF or NUL");
        }
        if (RESERVED_NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "event must not be " + name + ": the hub or EventSource uses that name itself; choose another");
        }
    }

    /** An unnamed event that is kept. */
    public static Publication to(ChannelName channel, String data) {
        return new Publication(channel, "", data, true, "");
    }

    /** The same with an event name. */
    public Publication named(String eventName) {
        return new Publication(channel, eventName, data, isKept, key);
    }

    /** The same with an idempotency key. */
    public Publication withKey(String idempotencyKey) {
        return new Publication(channel, name, data, isKept, idempotencyKey);
    }

    /** The same for those who listen now only. */
    public Publication unkept() {
        return new Publication(channel, name, data, false, key);
    }

    /** What tells it from another publication with the same key: a digest of name and data. */
    public String fingerprint() {
        try {
            var digest = java.security.MessageDigest.getInstance("SHA-256");
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) '\n'); // no name holds one
            return java.util.HexFormat.of().formatHex(digest.digest(data.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
