package dev.millrace.redis;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a script has answered: a list of texts, numbers and lists. */
record Reply(List<Object> parts) {
    int size() {
        return parts.size();
    }

    /** The text at this place; a number as text. */
    String text(int i) {
        Object part = parts.get(i);
        return part instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(part);
    }

    long number(int i) {
        Object part = parts.get(i);
        return part instanceof Long number ? number : Long.parseLong(text(i));
    }

    boolean isList(int i) {
        return parts.get(i) instanceof List<?>;
    }

    boolean isNumber(int i) {
        return parts.get(i) instanceof Long;
    }

    @SuppressWarnings("unchecked")
    Reply list(int i) {
        return new Reply((List<Object>) parts.get(i));
    }
}
