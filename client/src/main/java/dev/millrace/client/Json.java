package dev.millrace.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Just enough JSON (RFC 8259) for the hub's own notices and answers, so that the client needs no library. Objects become
 * maps without their null members, numbers become doubles, a bare or listed null becomes {@link #NULL}.
 */
final class Json {

    static final Object NULL = new Object();
    private static final int DEEPEST = 32;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** The members of the object that {@code text} is; no members where it is anything else. */
    static Map<String, Object> object(String text) {
        try {
            Json json = new Json(text);
            Object value = json.value(0);
            json.skipSpace();
            return json.at == text.length() && value instanceof Map<?, ?> members ? cast(members) : Map.of();
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException notJson) {
            return Map.of();
        }
    }

    /** A member that is a whole number; 0 where it is absent or anything else. */
    static long count(Map<String, Object> members, String name) {
        return members.get(name) instanceof Double number ? number.longValue() : 0;
    }

    /** The text as a JSON string, quotes included. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 16).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> cast(Map<?, ?> members) {
        return (Map<String, Object>) members;
    }

    private Object value(int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("nested too deeply");
        }
        skipSpace();
        return switch (text.charAt(at)) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", NULL);
            default -> number();
        };
    }

    private Map<String, Object> members(int depth) {
        Map<String, Object> members = new LinkedHashMap<>();
        at++;
        for (boolean first = true; more('}', first); first = false) {
            skipSpace();
            String name = string();
            skipSpace();
            expect(':');
            Object value = value(depth + 1);
            if (!value.equals(NULL)) {
                members.put(name, value);
            }
        }
        return members;
    }

    private List<Object> elements(int depth) {
        List<Object> elements = new ArrayList<>();
        at++;
        for (boolean first = true; more(']', first); first = false) {
            elements.add(value(depth + 1));
        }
        return elements;
    }

    private boolean more(char end, boolean isFirst) {
        skipSpace();
        if (text.charAt(at) == end) {
            at++;
            return false;
        }
        if (!isFirst) {
            expect(',');
        }
        return true;
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            string.append(c == '\\' ? escaped() : c);
        }
        return string.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        return switch (c) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> (char) Integer.parseInt(text.substring(at, at += 4), 16);
            default -> c;
        };
    }

    private Object literal(String word, Object meaning) {
        if (!text.startsWith(word, at)) {
            throw new IllegalArgumentException("not JSON at " + at);
        }
        at += word.length();
        return meaning;
    }

    private Double number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return Double.valueOf(text.substring(start, at));
    }

    private void expect(char c) {
        if (text.charAt(at++) != c) {
            throw new IllegalArgumentException("not JSON at " + at);
        }
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
