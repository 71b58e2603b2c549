package dev.millrace.hub;

import java.util.ArrayList;
import java.util.List;

/** The streams of one loop that have to begin, or to end, by a time. On the loop only. */
final class Waits {
    /** A stream that has said nothing yet, and when that has taken too long. */
    private record Beginning(FirstWords words, long untilMillis) {}

    /** A stream that was told to end, and when it is ended by force. */
    private record Ending(EventSink<?> sink, long untilMillis) {}

    private final List<Beginning> beginnings = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();

    /** A stream was opened that has to say something by this time. */
    void begin(FirstWords words, long untilMillis) {
        beginnings.add(new Beginning(words, untilMillis));
    }

    /** A stream was told to end, and has to take its last word by this time. */
    void end(EventSink<?> sink, long untilMillis) {
        endings.add(new Ending(sink, untilMillis));
    }

    /** Lets go of those that have begun or ended, and sees to those that are late. */
    void look(long nowMillis) {
        endings.removeIf(ending -> isOver(ending, nowMillis));
        beginnings.removeIf(beginning -> isOver(beginning, nowMillis));
    }

    private static boolean isOver(Beginning beginning, long nowMillis) {
        boolean isLate = nowMillis >= beginning.untilMillis();
        if (isLate && !beginning.words().isOver()) {
            beginning.words().late();
        }
        return isLate || beginning.words().isOver();
    }

    private static boolean isOver(Ending ending, long nowMillis) {
        boolean isDrained = ending.sink().isDrained();
        if (!isDrained && nowMillis >= ending.untilMillis()) {
            ending.sink().abort();
            return true;
        }
        return isDrained;
    }

    /** Ends by force whatever has not ended yet. */
    void abort() {
        endings.forEach(ending -> ending.sink().abort());
        endings.clear();
    }
}
