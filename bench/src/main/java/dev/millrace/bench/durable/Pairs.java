package dev.millrace.bench.durable;

import dev.millrace.bench.load.LoadReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Live delivery alone and beside readers of the history, in pairs of short windows that follow each other. What disturbs the
 * machine for longer than a pair disturbs both of its windows, so that their ratio says more than the figures do.
 */
final class Pairs {
    private final List<Pair> all = new ArrayList<>();

    /** What one window has shown: deliveries a second, latencies in milliseconds, and MB of history read a second. */
    record Window(double deliveries, double p50, double p99, double read, boolean isClean) {
        static Window of(LoadReport report, double read) {
            return new Window(
                    report.deliveriesPerSecond(),
                    report.delivery().p50(),
                    report.delivery().p99(),
                    read,
                    report.isClean());
        }

        @Override
        public String toString() {
            return String.format(
                    "%,7.0f deliveries/s  p50 %.2f  p99 %.2f ms%s%s",
                    deliveries,
                    p50,
                    p99,
                    read > 0 ? String.format("  %.1f MB/s read", read) : "",
                    isClean ? "" : "  NOT CLEAN");
        }
    }

    private record Pair(Window alone, Window beside) {
        double ratio(ToDoubleFunction<Window> figure) {
            return figure.applyAsDouble(beside) / figure.applyAsDouble(alone);
        }
    }

    /** The values in the middle of a sorted series, and at a quarter from each of its ends; between two where none is there. */
    record Quartiles(double low, double median, double high) {
        static Quartiles of(double... values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
        }

        private static double at(double[] sorted, double part) {
            double place = part * (sorted.length - 1);
            int below = (int) place;
            int above = Math.min(below + 1, sorted.length - 1);
            return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
        }

        @Override
        public String toString() {
            return String.format("%.2f (%.2f to %.2f)", median, low, high);
        }
    }

    void add(Window alone, Window beside) {
        all.add(new Pair(alone, beside));
    }

    /** Whether nothing was lost, doubled, out of order or refused in any window. */
    boolean areClean() {
        return all.stream().allMatch(pair -> pair.alone.isClean && pair.beside.isClean);
    }

    /** The medians of both, and of the pairs' ratios. There has to be a pair. */
    String text() {
        return String.format(
                """
                  medians of %d pairs
                  alone         %s
                  beside replay %s
                  beside/alone, the median of the pairs' ratios and its quartiles
                  deliveries %s   p50 %s   p99 %s
                """,
                all.size(),
                median(Pair::alone),
                median(Pair::beside),
                ratio(Window::deliveries),
                ratio(Window::p50),
                ratio(Window::p99));
    }

    private Window median(Function<Pair, Window> kind) {
        List<Window> windows = all.stream().map(kind).toList();
        return new Window(
                median(windows, Window::deliveries),
                median(windows, Window::p50),
                median(windows, Window::p99),
                median(windows, Window::read),
                windows.stream().allMatch(Window::isClean));
    }

    private static double median(List<Window> windows, ToDoubleFunction<Window> figure) {
        return Quartiles.of(windows.stream().mapToDouble(figure).toArray()).median;
    }

    private Quartiles ratio(ToDoubleFunction<Window> figure) {
        return Quartiles.of(all.stream().mapToDouble(pair -> pair.ratio(figure)).toArray());
    }
}
