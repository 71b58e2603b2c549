package dev.millrace.hub;

/**
 * Who is told how long things took, and what became of streams: for metrics. Called on any thread; must return at once.
 *
 * <p>Nothing here is called for each delivery: a run of an event loop, however many events and streams it had, is told of once.
 */
public interface Observer {
    /** Sees nothing, and asks no clock. */
    Observer NONE = new Observer() {
        @Override
        public long nanoTime() {
            return 0;
        }

        @Override
        public void kept(long nanos) {}

        @Override
        public void notKept() {}

        @Override
        public void handedOut(long nanos) {}

        @Override
        public void ended(EndCause cause) {}

        @Override
        public void missed(GapCause cause, int gaps) {}

        @Override
        public void refused() {}
    };

    /** The clock by which the hub measures: nanoseconds since some time, and never back. */
    long nanoTime();

    /** A publish, of one event or of many, was kept after so long. */
    void kept(long nanos);

    /** A publish could not be kept: the log is not available. */
    void notKept();

    /** What was new had been written to all streams of one event loop, so long after the loop was told of the first of it. */
    void handedOut(long nanos);

    /** A stream has ended. */
    void ended(EndCause cause);

    /** A stream was told of gaps. */
    void missed(GapCause cause, int gaps);

    /** A stream was not opened, because the hub is full. */
    void refused();
}
