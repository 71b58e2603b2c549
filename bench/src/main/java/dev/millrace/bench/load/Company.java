package dev.millrace.bench.load;

import static dev.millrace.bench.load.LoadPlan.require;

/**
 * Who else is there while a run is measured. None of these count as its listeners.
 *
 * @param stalled streams on the listeners' channels that read nothing
 * @param returning listeners of a channel of their own that come back, all at once, a quarter into the measured time
 * @param missed events that each of these has missed
 */
public record Company(int stalled, int returning, int missed) {
    /** Nobody. */
    public static final Company NONE = new Company(0, 0, 100);

    public Company {
        require(stalled >= 0 && returning >= 0 && stalled + returning <= 18_000, "--stalled, --returning: 0 to 18000");
        require(missed >= 1 && missed <= 10_000, "--missed must be 1 to 10000");
    }
}
