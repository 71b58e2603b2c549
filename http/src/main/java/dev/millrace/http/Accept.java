package dev.millrace.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What content types a client takes: the header {@code Accept} (RFC 9110, section 12.5.1). */
public record Accept(List<Range> ranges) {
    /** A type or range of types, and whether it is wanted, its quality being above zero. */
    public record Range(String type, boolean isWanted) {}

    /** What the values of the header say. */
    public static Accept of(Iterable<String> headers) {
        List<Range> ranges = new ArrayList<>();
        for (String header : headers) {
            for (String range : header.toLowerCase(Locale.ROOT).split(",", -1)) {
                String[] parts = range.split(";", -1);
                if (!parts[0].isBlank()) {
                    ranges.add(new Range(parts[0].strip(), isWanted(parts)));
                }
            }
        }
        return new Accept(ranges);
    }

    private static boolean isWanted(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].strip().matches("q\\s*=\\s*0(\\.0{0,3})?")) {
                return false;
            }
        }
        return true;
    }

    /** Whether a type may be sent: the most specific range that covers it decides. */
    public boolean allows(String type) {
        if (ranges.isEmpty()) {
            return true;
        }
        for (String range : List.of(type, type.substring(0, type.indexOf('/')) + "/*", "*/*")) {
            for (Range given : ranges) {
                if (given.type().equals(range)) {
                    return given.isWanted();
                }
            }
        }
        return false;
    }

    /** Whether a type is asked for by its name. */
    public boolean names(String type) {
        return ranges.contains(new Range(type, true));
    }
}
