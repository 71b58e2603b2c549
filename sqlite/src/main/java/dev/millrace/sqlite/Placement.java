package dev.millrace.sqlite;

import dev.millrace.log.Event;

/**
 * An event in its place, with all that has to be kept of how it was published.
 *
 * @param key its idempotency key; empty where it has none
 * @param fingerprint what else is published under this key is held against this; empty where it has none
 * @param ageMillis the time by which its key grows old
 */
record Placement(Event event, String key, String fingerprint, long ageMillis) {
    static Placement withoutKey(Event event) {
        return new Placement(event, "", "", 0);
    }

    long id() {
        return event.offset();
    }
}
