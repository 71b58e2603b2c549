package dev.millrace.bench.guard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.millrace.bench.load.HubDialect;
import dev.millrace.bench.load.LoadPlan;
import dev.millrace.bench.load.LoadReport;
import dev.millrace.bench.load.LoadRun;
import dev.millrace.bench.load.Probe;
import dev.millrace.server.MillraceServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one delivery costs, in bytes allocated and in system calls: counts, which hold on a busy machine too. */
class DeliveryIT {
    private static final int LISTENERS = 200;
    private static final int BATCH = 20;

    /** Encoding, the log and the answer are shared by all listeners: what is left for each is next to nothing. */
    private static final double MAX_BYTES = 75;

    @TempDir
    private Path folder;

    @Test
    void aDeliveryAllocatesAlmostNothing() throws Exception {
        try (MillraceServer server = MillraceServer.builder().port(0).start()) {
            LoopAllocations allocations = new LoopAllocations();
            LoadReport report = new LoadRun(
                            plan(URI.create("http://127.0.0.1:" + server.port()), 8, 32, 1), line -> {}, allocations)
                    .run();

            assertThat(report.isClean()).as(report.text()).isTrue();
            double perDelivery = allocations.bytes / (report.deliveriesPerSecond() * report.measuredSeconds());
            System.out.printf("allocated per delivery: %.0f bytes%n", perDelivery);
            assertThat(perDelivery).isLessThan(MAX_BYTES);
        }
    }

    @Test
    void whatIsNewIsJoinedIntoOneWritePerListener() throws Exception {
        try (Hub hub = Hub.start()) {
            Path trace = folder.resolve("trace");
            Process strace = strace(hub, trace);
            LoadReport report = new LoadRun(plan(hub.address(), 1, 1, BATCH), line -> {}).run();
            strace.destroy();
            assertThat(strace.waitFor(60, TimeUnit.SECONDS)).isTrue();

            assertThat(report.isClean()).as(report.text()).isTrue();
            long requests = report.published() / BATCH;
            long writes = writes(trace);
            long head = 3L * LISTENERS; // the answer's head and the first words
            System.out.printf(
                    "writes per delivery, %d events a request: %.3f%n",
                    BATCH, (writes - head) / (double) (report.published() * LISTENERS));
            assertThat(writes).isLessThan(head + requests * (LISTENERS * 3 / 2 + 2));
        }
    }

    private static Process strace(Hub hub, Path trace) throws IOException, InterruptedException {
        try {
            Process strace = new ProcessBuilder(
                            "strace",
                            "-f",
                            "-c",
                            "-e",
                            "trace=write,writev,sendto,sendmsg",
                            "-o",
                            "" + trace,
                            "-p",
                            "" + hub.pid())
                    .start();
            int attached = strace.errorReader(UTF_8).readLine() == null ? 0 : 1;
            assumeTrue(attached == 1 && strace.isAlive(), "strace may not attach");
            return strace;
        } catch (IOException e) {
            assumeTrue(false, "strace is not here");
            throw e;
        }
    }

    /** The sum of the column of calls. */
    private static long writes(Path trace) throws IOException {
        Pattern row =
                Pattern.compile("\\d+\\.\\d+\\s+\\d+\\.\\d+\\s+\\d+\\s+(\\d+)\\s.*(?:write|writev|sendto|sendmsg)");
        return row.matcher(Files.readString(trace))
                .results()
                .map(MatchResult::group)
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[3]))
                .sum();
    }

    private static LoadPlan plan(URI hub, int publishers, int window, int batch) {
        return new LoadPlan(
                hub,
                LISTENERS,
                1,
                publishers,
                0,
                window,
                batch,
                112,
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Optional.empty(),
                new HubDialect());
    }

    /** What the server's loops allocate while a run is measured. */
    private static final class LoopAllocations implements Probe {
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private long bytes;

        @Override
        public void begin() {
            bytes = -now();
        }

        @Override
        public void end() {
            bytes += now();
        }

        private long now() {
            return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                    .filter(thread -> thread != null && thread.getThreadName().startsWith("millrace-loop"))
                    .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.getThreadId()))
                    .sum();
        }
    }
}
