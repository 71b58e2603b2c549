package dev.millrace.sqlite;

/**
 * How much of its time a thread may work: a share in the long run, and at once what it has saved up. Not thread-safe; a clock's readings
 * are handed in, and all times are in nanoseconds.
 */
final class Ration {
    private final double share;
    private final double mostSaved;
    private final double mostRest;
    private double saved;
    private long countedThrough;

    /**
     * @param share of the time that passes, greater than 0, up to 1
     * @param mostSaved for how long it may work without a rest
     * @param mostRest for how long it rests at the most, however long it has worked
     */
    Ration(double share, long mostSaved, long mostRest, long now) {
        this.share = share;
        this.mostSaved = mostSaved;
        this.mostRest = mostRest;
        this.saved = mostSaved;
        this.countedThrough = now;
    }

    /** It has worked from then until now; answers for how long it is to rest. */
    long rest(long begin, long now) {
        saved = Math.min(mostSaved, saved + share * (begin - countedThrough)) - (1 - share) * (now - begin);
        saved = Math.max(saved, -share * mostRest);
        countedThrough = now;
        return saved >= 0 ? 0 : Math.round(-saved / share);
    }
}
