package dev.millrace.bench.load;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The course of a run as an SVG picture: deliveries and latency, second by second. */
final class Chart {
    private static final int WIDTH = 720;
    private static final int PANEL = 150;
    private static final int LEFT = 84;

    private Chart() {}

    static String of(LoadReport report) {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"system-ui, sans-serif\" font-size=\"12\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n",
                WIDTH,
                2 * PANEL + 90));
        panel(
                svg,
                30,
                "deliveries a second",
                report.seconds(),
                List.of(LoadReport.Second::deliveries),
                List.of("#0b6e4f"));
        panel(
                svg,
                PANEL + 75,
                "latency in ms: p50, p99 (dashed)",
                report.seconds(),
                List.of(LoadReport.Second::p50, LoadReport.Second::p99),
                List.of("#1b4965", "#c1440e"));
        return svg.append("</svg>\n").toString();
    }

    private static void panel(
            StringBuilder svg,
            int top,
            String title,
            List<LoadReport.Second> seconds,
            List<ToDoubleFunction<LoadReport.Second>> series,
            List<String> colours) {
        double max = seconds.stream()
                .flatMapToDouble(second -> series.stream().mapToDouble(value -> value.applyAsDouble(second)))
                .max()
                .orElse(1);
        double top10 = max <= 0 ? 1 : max * 1.1;
        text(svg, LEFT, top - 10, "start", title);
        for (int i = 0; i <= 2; i++) {
            int y = top + PANEL - i * PANEL / 2;
            svg.append(String.format(Locale.ROOT, "<path d=\"M%d %dH%d\" stroke=\"#ddd\"/>%n", LEFT, y, WIDTH - 20));
            text(
                    svg,
                    LEFT - 8,
                    y + 4,
                    "end",
                    String.format(Locale.ROOT, top10 < 100 ? "%.1f" : "%,.0f", top10 * i / 2));
        }
        for (int s = 0; s < series.size(); s++) {
            StringBuilder points = new StringBuilder();
            for (int i = 0; i < seconds.size(); i++) {
                double x = LEFT + (WIDTH - 20.0 - LEFT) * i / Math.max(1, seconds.size() - 1);
                double y = top + PANEL - PANEL * series.get(s).applyAsDouble(seconds.get(i)) / top10;
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
            }
            svg.append(String.format(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"%s/>%n",
                    points, colours.get(s), s == 1 ? " stroke-dasharray=\"6 3\"" : ""));
        }
    }

    private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
        svg.append(String.format(
                "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"#333\">%s</text>%n", x, y, anchor, text));
    }
}
