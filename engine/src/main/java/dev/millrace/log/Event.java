package dev.millrace.log;

/**
 * An event in its place in the log: position, channel, name, data, time.
 *
 * @param position its place; of an event that is not kept, the place of the newest kept one when it was sent
 * @param channel where it was published; {@link ChannelName#ALL} for a broadcast
 * @param name the event's name, empty where it has none
 * @param data the published text, verbatim
 * @param timeMillis when it was placed, in milliseconds since 1970
 * @param isKept whether the log retains it; only then is its position its own
 */
public record Event(Position position, ChannelName channel, String name, String data, long timeMillis, boolean isKept) {
    private static final int OVERHEAD_BYTES = 160;

    /** The place in its epoch. */
    public long offset() {
        return position.offset();
    }

    /** About how much memory it takes, in bytes: two per character at the most, and what the objects need. */
    public int footprint() {
        return OVERHEAD_BYTES + data.length() + name.length();
    }
}
