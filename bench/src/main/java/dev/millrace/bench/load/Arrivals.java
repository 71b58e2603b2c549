package dev.millrace.bench.load;

import java.util.Arrays;

/** What arrives at one listener: checked for doubles and order, and counted. Used on the run's event loop only. */
public final class Arrivals {
    private final Tally tally;
    private final Runnable whenConnected;
    private final long[] newest;
    private boolean isConnected;

    Arrivals(int publishers, Tally tally, Runnable whenConnected) {
        this.tally = tally;
        this.whenConnected = whenConnected;
        this.newest = new long[publishers];
        Arrays.fill(newest, -1);
    }

    /** From now on nothing is missed. Told again, it changes nothing. */
    public void connected() {
        if (!isConnected) {
            isConnected = true;
            whenConnected.run();
        }
    }

    /** An event's data. */
    public void arrived(String data) {
        Sample sample = Sample.parse(data);
        long before = newest[sample.publisher()];
        if (sample.number() == before) {
            tally.doubled++;
        } else if (sample.number() < before) {
            tally.late++;
        } else {
            newest[sample.publisher()] = sample.number();
        }
        tally.delivered(System.nanoTime() - sample.dueNanos());
    }

    /** The server says that something is missing. */
    public void gap() {
        tally.gaps++;
    }

    /** The connection was refused, broke or made no sense. */
    public void failed() {
        tally.failures++;
    }
}
