package dev.millrace.bench.compare;

import dev.millrace.bench.load.LoadPlan;
import dev.millrace.bench.load.LoadReport;
import dev.millrace.bench.load.LoadRun;
import dev.millrace.bench.load.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** One round of one peer: a fresh process, held idle, then driven as fast as it goes, then at a steady rate. */
final class Round {
    private static final double KIB_IN_MIB = 1024;
    private static final int PUBLISHERS = 8;
    private static final int WINDOW = 32;
    private static final int PAYLOAD = 112;
    private static final int STEADY_RATE = 10;

    private final Peer peer;
    private final int connections;
    private final List<String> pinning;
    private final Consumer<String> progress;

    Round(Peer peer, int connections, List<String> pinning, Consumer<String> progress) {
        this.peer = peer;
        this.connections = connections;
        this.pinning = pinning;
        this.progress = progress;
    }

    /**
     * Runs it; takes about half a minute.
     *
     * @throws IOException if the peer does not start
     * @throws IllegalStateException if it does not take all connections
     */
    Figures run() throws IOException, InterruptedException {
        try (PeerProcess process = PeerProcess.start(peer, pinning)) {
            ServerProcess server = new ServerProcess(process.pid());
            double atStart = server.memoryNow() / KIB_IN_MIB;

            LoadReport idle = load(process, server, 1, Duration.ofSeconds(1), Duration.ofSeconds(2));
            double atRest = server.memoryKiB() / KIB_IN_MIB;

            LoadReport full = load(process, server, 0, Duration.ofSeconds(5), Duration.ofSeconds(5));
            double microsPerDelivery =
                    server.cpuSeconds() * 1e6 / (full.deliveriesPerSecond() * full.measuredSeconds());

            LoadReport steady = load(process, server, STEADY_RATE, Duration.ofSeconds(2), Duration.ofSeconds(10));
            Figures figures = new Figures(
                    atStart,
                    atRest,
                    server.memoryKiB() / KIB_IN_MIB,
                    connections / steady.connectsPerSecond() * 1000,
                    server.cpuSeconds() / steady.measuredSeconds() * 100,
                    steady.delivery().p50(),
                    steady.delivery().p99(),
                    steady.bytesPerDelivery(),
                    full.deliveriesPerSecond(),
                    microsPerDelivery,
                    wrong(idle) + wrong(full) + wrong(steady));
            progress.accept(String.format(
                    "%s: %.0f MiB, %.1f %% of a core, p99 %.1f ms, %,.0f deliveries/s, %.0f wrong",
                    peer.title(),
                    figures.memoryAtWorkMiB(),
                    figures.cpuPercent(),
                    figures.p99Millis(),
                    figures.deliveriesPerSecond(),
                    figures.lost()));
            return figures;
        }
    }

    private LoadReport load(PeerProcess process, ServerProcess server, int rate, Duration warmup, Duration duration)
            throws InterruptedException {
        LoadPlan plan = new LoadPlan(
                process.address(),
                connections,
                1,
                PUBLISHERS,
                rate,
                WINDOW,
                1,
                PAYLOAD,
                warmup,
                duration,
                Optional.empty(),
                peer.dialect());
        return new LoadRun(plan, line -> {}, server).run();
    }

    private static double wrong(LoadReport report) {
        return report.lost() + report.doubled() + report.late() + report.failures();
    }
}
