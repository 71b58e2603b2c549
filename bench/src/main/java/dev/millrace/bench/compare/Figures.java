package dev.millrace.bench.compare;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What one peer has shown, in one round or as the median of several.
 *
 * @param memoryAtStartMiB resident memory before the first connection
 * @param memoryIdleMiB with all connections open, and one event a second
 * @param memoryAtWorkMiB at the end, with all connections open and ten events a second
 * @param connectMillis until all were connected, by a server that is warm
 * @param cpuPercent of one core, at ten events a second to each connection
 * @param p50Millis half of those deliveries took at most so long, from when the event was due
 * @param p99Millis all but one in a hundred
 * @param bytesPerDelivery bytes above TCP, both ways
 * @param deliveriesPerSecond as fast as it goes, with eight publishers
 * @param microsPerDelivery processor time of the server for each delivery then
 * @param lost deliveries that did not come, came twice or in the wrong order, in all runs
 */
record Figures(
        double memoryAtStartMiB,
        double memoryIdleMiB,
        double memoryAtWorkMiB,
        double connectMillis,
        double cpuPercent,
        double p50Millis,
        double p99Millis,
        double bytesPerDelivery,
        double deliveriesPerSecond,
        double microsPerDelivery,
        double lost) {
    /** Each figure's median. */
    static Figures median(List<Figures> rounds) {
        return new Figures(
                median(rounds, Figures::memoryAtStartMiB),
                median(rounds, Figures::memoryIdleMiB),
                median(rounds, Figures::memoryAtWorkMiB),
                median(rounds, Figures::connectMillis),
                median(rounds, Figures::cpuPercent),
                median(rounds, Figures::p50Millis),
                median(rounds, Figures::p99Millis),
                median(rounds, Figures::bytesPerDelivery),
                median(rounds, Figures::deliveriesPerSecond),
                median(rounds, Figures::microsPerDelivery),
                rounds.stream().mapToDouble(Figures::lost).sum());
    }

    private static double median(List<Figures> rounds, ToDoubleFunction<Figures> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
