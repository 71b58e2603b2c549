package dev.millrace.bench.load;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What a run has shown.
 *
 * @param bytesPerDelivery bytes to and from the listeners above TCP, for each delivery
 * @param lost deliveries that did not come within ten seconds after the last publish
 * @param late deliveries after a later one of the same publisher
 * @param seconds the course of the measured time
 * @param stalled streams that read nothing meanwhile
 * @param returned those that came back meanwhile
 */
public record LoadReport(
        LoadPlan plan,
        double measuredSeconds,
        double connectsPerSecond,
        double publishesPerSecond,
        double deliveriesPerSecond,
        double bytesPerDelivery,
        Latency delivery,
        Latency answer,
        long published,
        long lost,
        long doubled,
        long late,
        long gaps,
        long failures,
        List<Second> seconds,
        int stalled,
        Return returned) {

    /** Percentiles in milliseconds. */
    public record Latency(double p50, double p90, double p99, double p999, double max) {
        static Latency of(Histogram nanos) {
            return new Latency(
                    nanos.getValueAtPercentile(50) / 1e6,
                    nanos.getValueAtPercentile(90) / 1e6,
                    nanos.getValueAtPercentile(99) / 1e6,
                    nanos.getValueAtPercentile(99.9) / 1e6,
                    nanos.getMaxValue() / 1e6);
        }
    }

    /** One second: deliveries, and latencies in milliseconds. */
    public record Second(long deliveries, double p50, double p99) {}

    /**
     * Listeners that came back all at once.
     *
     * @param listeners how many
     * @param missed events that each had missed
     * @param seconds until the last of them had the last one; 0 if that was not seen
     * @param lost events that did not come
     * @param faults doubles, gaps, events out of order, and connections that failed
     */
    public record Return(int listeners, int missed, double seconds, long lost, long faults) {}

    static LoadReport of(
            LoadPlan plan, Tally tally, double connectSeconds, double seconds, int stalled, Return returned) {
        return new LoadReport(
                plan,
                seconds,
                plan.listeners() / connectSeconds,
                tally.answers.getTotalCount() * plan.batch() / seconds,
                tally.measuredDeliveries / seconds,
                tally.measuredBytes / (double) Math.max(1, tally.measuredDeliveries),
                Latency.of(tally.latency),
                Latency.of(tally.answers),
                tally.published,
                tally.lost(),
                tally.doubled,
                tally.late,
                tally.gaps,
                tally.failures,
                tally.seconds().stream()
                        .map(second -> new Second(
                                second.deliveries,
                                second.latency.getValueAtPercentile(50) / 1e6,
                                second.latency.getValueAtPercentile(99) / 1e6))
                        .toList(),
                stalled,
                returned);
    }

    /** Whether nothing was lost, doubled, out of order or refused. */
    public boolean isClean() {
        return lost == 0 && doubled == 0 && late == 0 && failures == 0 && returned.lost == 0 && returned.faults == 0;
    }

    /** The report as lines of text. */
    public String text() {
        return counted()
                + (stalled > 0 ? String.format("stalled       %,d streams that read nothing%n", stalled) : "")
                + (returned.listeners > 0 ? returnedLine() : "");
    }

    private String returnedLine() {
        return String.format(
                "returned      %,d listeners at once, %,d missed events each, all there after %.2f s; %d lost, %d faults%n",
                returned.listeners, returned.missed, returned.seconds, returned.lost, returned.faults);
    }

    private String counted() {
        return String.format(
                """
                listeners     %,d on %,d channels, connected at %,.0f a second
                published     %,.0f events/s by %d publishers, %s
                delivered     %,.0f events/s, %.0f bytes each
                latency       %s
                answers       %s
                correctness   %d lost, %d doubled, %d out of order, %d gaps, %d failures
                """,
                plan.listeners(),
                plan.channels(),
                connectsPerSecond,
                publishesPerSecond,
                plan.publishers(),
                plan.rate() == 0 ? "closed loop" : "open loop at " + plan.rate() + "/s",
                deliveriesPerSecond,
                bytesPerDelivery,
                line(delivery),
                line(answer),
                lost,
                doubled,
                late,
                gaps,
                failures);
    }

    private static String line(Latency latency) {
        return String.format(
                "p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms",
                latency.p50(), latency.p90(), latency.p99(), latency.p999(), latency.max());
    }
}
