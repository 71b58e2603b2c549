package dev.millrace.sse;

import java.util.Optional;

/**
 * An event as a stream delivers it.
 *
 * @param id the value of its own {@code id} field, empty where it has none
 * @param name its type, "message" where the stream names none
 * @param data its text
 * @param lastEventId the stream's last event ID after it: its own, or the one that lives on from earlier events
 */
public record SseEvent(Optional<String> id, String name, String data, String lastEventId) {}
