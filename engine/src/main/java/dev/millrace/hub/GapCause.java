package dev.millrace.hub;

import dev.millrace.log.Gap;
import java.util.List;

/** Why a stream has missed events. */
public enum GapCause {
    /** It came back later than its history is retained. */
    LATE,
    /** It read so slowly that it fell out of the history. */
    SLOW,
    /** The place that it had reached is unknown: the log has begun another life since, or the id was none. */
    UNKNOWN;

    /** The cause of gaps that one poll has found; {@code isFirst} for the first poll of a new stream. */
    static GapCause of(List<Gap> gaps, boolean isFirst) {
        if (gaps.get(0).after().isEmpty()) {
            return UNKNOWN;
        }
        return isFirst ? LATE : SLOW;
    }
}
