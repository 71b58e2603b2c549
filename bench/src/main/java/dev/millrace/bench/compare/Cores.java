package dev.millrace.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Which core runs what: the server the first, this program the second, so that neither disturbs the other. */
final class Cores {
    private Cores() {}

    /**
     * Moves this process to the second core.
     *
     * @return the words that start a server on the first; none where there is one core only, or no {@code taskset}
     */
    static List<String> apart() throws InterruptedException {
        if (Runtime.getRuntime().availableProcessors() < 2) {
            return List.of();
        }
        String self = Long.toString(ProcessHandle.current().pid());
        try {
            Process moved = new ProcessBuilder("taskset", "-a", "-c", "-p", "1", self)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean isDone = moved.waitFor(10, TimeUnit.SECONDS) && moved.exitValue() == 0;
            return isDone ? List.of("taskset", "-c", "0") : List.of();
        } catch (IOException e) {
            return List.of(); // no such program here: they share all cores
        }
    }
}
