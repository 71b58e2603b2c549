package dev.millrace.redis;

import dev.millrace.log.Position;

/**
 * One life of the log, on one run of a server: no append is placed by a node that thinks of another.
 *
 * @param epoch what its positions begin with
 * @param run the server's
 */
record Life(long epoch, String run) {
    /** The life that a log on Redis tells of. */
    static Life parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 1) {
            throw new IllegalStateException("not a life of a log: " + text);
        }
        return new Life(epochOf(text.substring(0, colon)), text.substring(colon + 1));
    }

    private static long epochOf(String text) {
        return Position.parse(text + "-0")
                .orElseThrow(() -> new IllegalStateException("not an epoch: " + text))
                .epoch();
    }

    /** The epoch as it is written in positions. */
    String epochText() {
        return Long.toString(epoch, 36);
    }

    @Override
    public String toString() {
        return epochText() + ":" + run;
    }
}
