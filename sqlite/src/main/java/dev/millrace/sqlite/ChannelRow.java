package dev.millrace.sqlite;

/** What the writer knows of a channel's row while it is in use. Not thread-safe. */
final class ChannelRow {
    final long id;
    /** The id of its newest event, kept or not. */
    long last;
    /** How many of its events are kept. */
    long retained;
    /** Whether its row says that it has no events. */
    boolean isEmpty;
    /** Whether it is among those to be trimmed at the end of the transaction. */
    boolean isTouched;

    private long[] oldest = new long[0]; // the ids of its oldest events, as far as they were looked up
    private int next;

    ChannelRow(long id, long last, long retained, boolean isEmpty) {
        this.id = id;
        this.last = last;
        this.retained = retained;
        this.isEmpty = isEmpty;
    }

    /** The id of the count-th oldest event; 0 where that was not looked up. */
    long oldest(int count) {
        int index = next + count - 1;
        return index < oldest.length ? oldest[index] : 0;
    }

    void oldest(long[] ids) {
        oldest = ids;
        next = 0;
    }

    /** Its oldest events were dropped. */
    void dropped(int count) {
        retained -= count;
        next = Math.min(oldest.length, next + count);
    }

    /** Events of it were dropped in another way than one by one. */
    void droppedElsewhere(int count) {
        retained -= count;
        oldest(new long[0]);
    }
}
