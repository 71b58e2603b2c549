package dev.millrace.bench.compare;

import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The figures as a table in Markdown, a row for each peer. */
final class Table {
    private static final String HEAD = """
            | | memory at start / idle / at work, MiB | connect all, ms | CPU at 10 events/s | p50 / p99, ms | bytes per delivery | most deliveries/s | CPU per delivery, us | wrong |
            |---|---|---|---|---|---|---|---|---|
            """;

    private Table() {}

    static String of(Map<Peer, Figures> shown) {
        return HEAD
                + shown.entrySet().stream()
                        .map(peer -> row(peer.getKey(), peer.getValue()))
                        .collect(Collectors.joining());
    }

    private static String row(Peer peer, Figures figures) {
        return String.format(
                Locale.ROOT,
                "| %s | %.0f / %.0f / %.0f | %.0f | %.1f %% | %.1f / %.1f | %.0f | %,.0f | %.2f | %.0f |%n",
                peer.title(),
                figures.memoryAtStartMiB(),
                figures.memoryIdleMiB(),
                figures.memoryAtWorkMiB(),
                figures.connectMillis(),
                figures.cpuPercent(),
                figures.p50Millis(),
                figures.p99Millis(),
                figures.bytesPerDelivery(),
                figures.deliveriesPerSecond(),
                figures.microsPerDelivery(),
                figures.lost());
    }
}
