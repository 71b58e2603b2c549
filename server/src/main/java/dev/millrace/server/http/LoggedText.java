package dev.millrace.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What clients sent, as a log may hold it: without what lets a reader of the log act, and without what breaks a line. */
final class LoggedText {
    private static final String HIDDEN = "*";
    private static final String CLIENTS = "/clients/";

    /** The parameters whose values are shown. A list of the harmless: one that nobody thought of stays hidden. */
    private static final Set<String> SHOWN = Set.of(
            "channel",
            "channels",
            "history",
            "lastEventId",
            "envelope",
            "heartbeat",
            "event",
            "keep",
            "user",
            "prefix",
            "after",
            "limit");

    private static final Set<String> SECRET = Set.of("token", "clientId");

    private LoggedText() {}

    /** A path and query as they were sent, without tokens and client ids. */
    static String redacted(String target) {
        int question = target.indexOf('?');
        return question < 0
                ? redactedPath(target)
                : redactedPath(target.substring(0, question)) + "?" + redactedQuery(target.substring(question + 1));
    }

    private static String redactedPath(String path) {
        if (!path.startsWith(CLIENTS)) {
            return path;
        }
        int end = path.indexOf('/', CLIENTS.length());
        return CLIENTS + HIDDEN + (end < 0 ? "" : path.substring(end));
    }

    private static String redactedQuery(String query) {
        List<String> pairs = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            if (SHOWN.contains(name)) {
                pairs.add(pair);
            } else {
                pairs.add(SECRET.contains(name) ? name + "=" + HIDDEN : HIDDEN);
            }
        }
        return String.join("&", pairs);
    }

    /** The same in quotes where it holds more than letters, digits and a few signs; what could break a line is escaped. */
    static String quoted(String text) {
        if (text.chars().allMatch(LoggedText::isPlain)) {
            return text;
        }
        StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
            } else if ((c >= ' ' && c < 0x7F) || Character.isLetterOrDigit(c)) {
                quoted.appendCodePoint(c);
            } else {
                quoted.append(String.format("\\u{%x}", c));
            }
        });
        return quoted.append('"').toString();
    }

    private static boolean isPlain(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '@' && c <= 'Z') || (c >= '-' && c <= ':') || c == '_';
    }
}
