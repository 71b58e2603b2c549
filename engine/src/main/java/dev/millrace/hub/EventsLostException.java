package dev.millrace.hub;

import dev.millrace.log.Gap;

/** A reader was so slow that events it had not read are no longer kept. */
public class EventsLostException extends RuntimeException {
    private final transient Gap gap;

    public EventsLostException(Gap gap) {
        super("events are no longer kept: " + gap + ": read faster, or keep more history");
        this.gap = gap;
    }

    /** What is missing. */
    public Gap gap() {
        return gap;
    }
}
