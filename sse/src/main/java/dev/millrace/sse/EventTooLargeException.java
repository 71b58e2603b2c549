package dev.millrace.sse;

/** A stream holds an event, or a line, of more bytes than its parser was told to buffer. */
public final class EventTooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EventTooLargeException(int limit) {
        super("an event of the stream is larger than the limit of " + limit
                + " bytes; raise the limit or send less in one event");
    }
}
