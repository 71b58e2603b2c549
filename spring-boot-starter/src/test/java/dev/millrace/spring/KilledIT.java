package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that are really killed, while events of committed transactions are on their way. */
class KilledIT {
    @TempDir
    Path folder;

    /** A running application. */
    private record App(Process process, BufferedReader output) implements AutoCloseable {
        String await(String beginning) throws IOException {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(beginning)) {
                    return line.substring(beginning.length()).strip();
                }
            }
            throw new AssertionError("the application ended before it said: " + beginning);
        }

        /** Kills it as {@code kill -9} does; answers a number up to which all are committed for certain. */
        int kill() throws InterruptedException {
            process.toHandle().destroyForcibly(); // which leaves the output to be read
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("killed").isTrue();
            List<Integer> numbers = output.lines()
                    .filter(line -> line.matches("committed \\d+"))
                    .map(line -> Integer.valueOf(line.substring("committed ".length())))
                    .toList();
            return numbers.size() < 2 ? 0 : numbers.get(numbers.size() - 2); // the last line may lack its end
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private App start(String mode) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                OutboxProcess.class.getName(),
                mode,
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--logging.level.root=error",
                "--spring.datasource.url=jdbc:h2:file:" + folder.resolve("orders") + ";WRITE_DELAY=0",
                "--millrace.outbox.enabled=true",
                "--millrace.outbox.poll=50ms"));
        if (!mode.equals("stuck")) {
            command.add("--millrace.data-dir=" + folder.resolve("events"));
            command.add("--millrace.history-size=1000000");
        }
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("errors-" + mode).toFile())
                .start();
        return new App(process, process.inputReader(StandardCharsets.UTF_8));
    }

    /** Starts it once more and listens from the beginning: each number comes once, in order, and at least these. */
    private void assertAllArePublished(int committed) throws Exception {
        try (App app = start("once")) {
            int port = Integer.parseInt(app.await("port "));
            int last = Integer.parseInt(app.await("committed "));
            assertThat(last).isGreaterThan(committed);
            String all = "/millrace/events/" + OutboxProcess.CHANNEL + "?lastEventId=earliest";
            try (TestStream stream = TestStream.open(port, all)) {
                stream.next("connected");
                for (int n = 1; n <= last; n++) {
                    assertThat(stream.next("n").data()).isEqualTo("" + n);
                }
            }
        }
    }

    @Test
    void whatWasCommittedAndNotYetPublishedGoesOutWithTheNextProcess() throws Exception {
        int committed;
        try (App app = start("stuck")) {
            app.await("committed 120");
            committed = Math.max(120, app.kill());
        }
        assertAllArePublished(committed);
    }

    @Test
    void nothingIsLostOrDoubledOrOutOfOrderHoweverOftenItIsKilled() throws Exception {
        int committed = 0;
        for (int round = 1; round <= 3; round++) {
            try (App app = start("busy")) {
                int aim = committed + 40 * round + round; // somewhere else in a batch each time
                for (int n = committed; n < aim; n = Integer.parseInt(app.await("committed "))) {}
                committed = Math.max(aim, app.kill());
            }
        }
        assertAllArePublished(committed);
    }
}
