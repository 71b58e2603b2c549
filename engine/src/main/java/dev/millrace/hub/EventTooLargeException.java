package dev.millrace.hub;

/** An event's data is larger than the hub takes; nothing was published. */
public class EventTooLargeException extends RuntimeException {
    EventTooLargeException(int maxBytes) {
        super("an event's data may have at most " + maxBytes + " bytes: send less, or raise the event-size limit");
    }
}
