package dev.millrace.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The figures of a hub in the forms in which they are printed. */
final class StatsView {
    private static final int COURSE = 60;
    private static final String BARS = "▁▂▃▄▅▆▇█";
    private static final String HOME_AND_CLEAR = "\u001b[H\u001b[J";

    private final String hub;
    private final Deque<Double> in = new ArrayDeque<>();
    private final Deque<Double> out = new ArrayDeque<>();
    private @Nullable Figures before;

    StatsView(String hub) {
        this.hub = hub;
    }

    /** All figures since the start of the hub. */
    static String all(String hub, Figures now) {
        String alone = "Millrace at " + hub + ", up " + age(now.uptimeMillis()) + "\n"
                + row(
                        "connections",
                        count(now.connections()) + " of " + count(now.maxConnections()) + ", "
                                + age(now.averageAgeMillis()) + " old on average")
                + row("lagging", count(now.lagging()))
                + row("channels", count(now.channels()))
                + row("published", count(now.published()))
                + row("delivered", count(now.delivered()))
                + row("gaps", count(now.gaps()))
                + row("dropped", count(now.dropped()));
        String all = now.nodes() > 1
                ? row("all " + now.nodes() + " nodes", count(now.allConnections()) + " connections")
                : "";
        return (alone + all).stripTrailing();
    }

    /** The view, drawn over the last one. */
    String screen(Figures now) {
        double[] rates = rates(now);
        return HOME_AND_CLEAR + all(hub, now) + "\n"
                + row("in", rate(rates[0]) + "/s  " + course(in))
                + row("out", rate(rates[1]) + "/s  " + course(out))
                + "Ctrl-C ends\n";
    }

    /** What changes most, on a line. */
    String line(String time, Figures now) {
        double[] rates = rates(now);
        return time + "  connections " + now.connections() + "  in " + rate(rates[0]) + "/s  out " + rate(rates[1])
                + "/s  lagging " + now.lagging() + "  gaps " + now.gaps() + "  dropped " + now.dropped() + "\n";
    }

    private double[] rates(Figures now) {
        Figures earlier = Optional.ofNullable(before).orElse(now);
        before = now;
        return new double[] {note(in, now.inRate(earlier)), note(out, now.outRate(earlier))};
    }

    private static double note(Deque<Double> course, double rate) {
        course.add(rate);
        if (course.size() > COURSE) {
            course.remove();
        }
        return rate;
    }

    private static String course(Deque<Double> rates) {
        double most = rates.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        StringBuilder bars = new StringBuilder();
        for (double rate : rates) {
            bars.append(BARS.charAt(most == 0 ? 0 : (int) Math.round(rate / most * (BARS.length() - 1))));
        }
        return bars.toString();
    }

    private static String row(String name, String value) {
        return String.format(Locale.ROOT, "%-12s  %s%n", name, value);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, perSecond < 10 ? "%.1f" : "%,.0f", perSecond);
    }

    /** How long, in two units: 4m 12s. */
    private static String age(long millis) {
        long seconds = millis / 1000;
        if (seconds < 60) {
            return seconds + "s";
        } else if (seconds < 3600) {
            return seconds / 60 + "m " + seconds % 60 + "s";
        } else if (seconds < 86_400) {
            return seconds / 3600 + "h " + seconds % 3600 / 60 + "m";
        }
        return seconds / 86_400 + "d " + seconds % 86_400 / 3600 + "h";
    }
}
