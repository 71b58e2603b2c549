package dev.millrace.log;

/**
 * How a log keeps up, since its start.
 *
 * @param commits how often it has written what waited: groups that were synced, rounds that Redis has answered
 * @param commitNanos how long these took altogether
 * @param behind events that are in the log, and that this node has not got yet
 */
public record LogFigures(long commits, long commitNanos, long behind) {
    /** Of a log that waits for nothing. */
    public static final LogFigures NONE = new LogFigures(0, 0, 0);

    /** With one more commit. */
    public LogFigures committed(long nanos) {
        return new LogFigures(commits + 1, commitNanos + nanos, behind);
    }

    /** With so many events that this node has not got yet. */
    public LogFigures behind(long events) {
        return new LogFigures(commits, commitNanos, events);
    }
}
