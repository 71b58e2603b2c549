package dev.millrace.bench.load;

/** Looks at the server while a run is measured: when it begins, and when it ends. Called on the thread that runs it. */
public interface Probe {
    /** Looks at nothing. */
    Probe NONE = new Probe() {
        @Override
        public void begin() {}

        @Override
        public void end() {}
    };

    /** The measured time begins. */
    void begin();

    /** It ends; all connections are still open. */
    void end();
}
