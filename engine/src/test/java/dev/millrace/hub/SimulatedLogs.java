package dev.millrace.hub;

import dev.millrace.log.EventLog;
import dev.millrace.log.MemoryLog;
import dev.millrace.log.Position;
import dev.millrace.log.Retention;
import java.time.Clock;
import java.util.Optional;

/** The logs of a simulated hub, one after another: each stage that they answer with is complete. */
interface SimulatedLogs {
    /** Logs that are gone with their hub. */
    SimulatedLogs IN_MEMORY = new SimulatedLogs() {
        @Override
        public EventLog open(Retention retention, Clock clock, Optional<Position> before) {
            return before.map(last -> new MemoryLog(retention, clock, last.epoch() + 1))
                    .orElseGet(() -> new MemoryLog(retention, clock));
        }

        @Override
        public void retention(EventLog log, Retention retention) {
            ((MemoryLog) log).retention(retention);
        }
    };

    /**
     * The log of a hub that starts.
     *
     * @param before how far the one before it came
     */
    EventLog open(Retention retention, Clock clock, Optional<Position> before);

    /** Lets a log keep by another rule. */
    void retention(EventLog log, Retention retention);
}
