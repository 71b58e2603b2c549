package dev.millrace.server;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How durations and sizes are written in settings. */
final class Values {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,15})([A-Za-z]*)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Long> BYTES =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private Values() {}

    /** A duration such as {@code 500ms}, {@code 30s}, {@code 2m}, {@code 24h} or {@code 7d}. */
    static Duration duration(String text) {
        return Duration.ofMillis(scaled(text, MILLIS, "a duration such as 500ms, 30s, 2m or 24h"));
    }

    /** A number of bytes such as {@code 65536}, {@code 64KiB}, {@code 10MiB} or {@code 1GiB}. */
    static long bytes(String text) {
        return scaled(text, BYTES, "a size such as 64KiB, 10MiB or 1GiB");
    }

    private static long scaled(String text, Map<String, Long> units, String form) {
        Matcher parts = NUMBER_AND_UNIT.matcher(text);
        Long unit = parts.matches() ? units.get(parts.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("it must be " + form);
        }
        try {
            return Math.multiplyExact(Long.parseLong(parts.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("it is too large", e);
        }
    }

    /** The shortest way to write a duration. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        for (String unit : new String[] {"h", "m", "s"}) {
            long length = MILLIS.getOrDefault(unit, 1L);
            if (millis != 0 && millis % length == 0) {
                return millis / length + unit;
            }
        }
        return millis + "ms";
    }
}
