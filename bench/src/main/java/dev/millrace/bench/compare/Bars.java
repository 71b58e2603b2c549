package dev.millrace.bench.compare;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The figures as an SVG picture: a panel of bars for each, the shortest bar being the best but for throughput. */
final class Bars {
    private static final int WIDTH = 760;
    private static final int LABELS = 170;
    private static final int LENGTH = 470;
    private static final int ROW = 22;

    private record Panel(String title, String format, ToDoubleFunction<Figures> figure) {}

    private static final List<Panel> PANELS = List.of(
            new Panel("Memory with all connections, MiB (less is better)", "%.0f", Figures::memoryAtWorkMiB),
            new Panel("CPU at 10 events a second to each, % of a core (less is better)", "%.1f", Figures::cpuPercent),
            new Panel("Latency p99 at that rate, ms (less is better)", "%.1f", Figures::p99Millis),
            new Panel("Bytes on the wire per delivery (less is better)", "%.0f", Figures::bytesPerDelivery),
            new Panel(
                    "Most deliveries a second with eight publishers (more is better)",
                    "%,.0f",
                    Figures::deliveriesPerSecond));

    private Bars() {}

    static String of(Map<Peer, Figures> shown) {
        int panelHeight = shown.size() * ROW + 46;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"system-ui, sans-serif\" font-size=\"13\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n",
                WIDTH,
                PANELS.size() * panelHeight + 16));
        for (int i = 0; i < PANELS.size(); i++) {
            panel(svg, i * panelHeight + 26, PANELS.get(i), shown);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void panel(StringBuilder svg, int top, Panel panel, Map<Peer, Figures> shown) {
        text(svg, 16, top, "start", "600", panel.title());
        double most = shown.values().stream().mapToDouble(panel.figure()).max().orElse(1);
        int y = top + 10;
        for (Map.Entry<Peer, Figures> peer : shown.entrySet()) {
            bar(svg, y, peer.getKey(), panel, panel.figure().applyAsDouble(peer.getValue()), most);
            y += ROW;
        }
    }

    private static void bar(StringBuilder svg, int y, Peer peer, Panel panel, double value, double most) {
        double length = Math.max(1, LENGTH * value / Math.max(most, 1e-9));
        text(svg, LABELS, y + 14, "end", "400", peer.title());
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>%n",
                LABELS + 10,
                y,
                length,
                ROW - 5,
                peer.name().equals("hub") ? "#0b6e4f" : "#9aa5b1"));
        int end = (int) (LABELS + 16 + length);
        text(svg, end, y + 14, "start", "400", String.format(Locale.ROOT, panel.format(), value));
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String weight, String text) {
        svg.append(String.format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" font-weight=\"%s\" fill=\"#222\">%s</text>%n",
                x, y, anchor, weight, text));
    }
}
