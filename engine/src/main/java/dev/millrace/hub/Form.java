package dev.millrace.hub;

import dev.millrace.log.Event;
import java.util.List;

/**
 * How events are encoded for sinks: an event stream, chunked or plain, with envelopes or without.
 *
 * <p>Sinks of one loop with the same form and channels share what is encoded. Called on the loop of the sinks only.
 *
 * @param <B> what the sinks take
 */
public interface Form<B> {
    /** The events, in order, as what every sink of this form takes. The list is only valid during the call. */
    B encode(List<Event> events);

    /** How many bytes a sink writes for the batch; 0 where that says nothing. */
    default long bytes(B batch) {
        return 0;
    }

    /** Called when all sinks have been given the batch. */
    void release(B batch);
}
