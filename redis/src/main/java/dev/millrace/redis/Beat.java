package dev.millrace.redis;

import dev.millrace.hub.Cluster;
import dev.millrace.hub.Statistics;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A node's sign of life.
 *
 * @param timeMillis when it was given, by the server's clock
 * @param connections the open streams of the node
 * @param published events that it has published since its start
 * @param delivered events that it has written to streams
 */
record Beat(long timeMillis, long connections, long published, long delivered) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,18})(?: (\\d{1,18}) (\\d{1,18}) (\\d{1,18}))?.*");

    /** What a node has written; fields that a later version adds are passed over. */
    static Beat parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return new Beat(0, 0, 0, 0);
        }
        long time = Long.parseLong(matcher.group(1));
        return matcher.group(2) == null
                ? new Beat(time, 0, 0, 0)
                : new Beat(
                        time,
                        Long.parseLong(matcher.group(2)),
                        Long.parseLong(matcher.group(3)),
                        Long.parseLong(matcher.group(4)));
    }

    /** What a node writes after the time. */
    static String text(Statistics figures) {
        return figures.connections() + " " + figures.published() + " " + figures.delivered();
    }

    /** How many of these nodes gave their sign of life at most so long before the newest. */
    static long within(List<Beat> beats, long millis) {
        long newest = beats.stream().mapToLong(Beat::timeMillis).max().orElse(0);
        return beats.stream()
                .filter(beat -> newest - beat.timeMillis() <= millis)
                .count();
    }

    /** What all nodes do together. */
    static Cluster sum(List<Beat> beats) {
        return new Cluster(
                beats.size(),
                beats.stream().mapToLong(Beat::connections).sum(),
                beats.stream().mapToLong(Beat::published).sum(),
                beats.stream().mapToLong(Beat::delivered).sum());
    }
}
