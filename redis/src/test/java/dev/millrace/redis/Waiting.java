package dev.millrace.redis;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Bounded waits for a condition. */
final class Waiting {
    private Waiting() {}

    static void until(Duration longest, Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(longest)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(condition);
    }

    static void until(Callable<Boolean> condition) {
        until(Duration.ofSeconds(20), condition);
    }
}
