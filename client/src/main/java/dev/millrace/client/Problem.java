package dev.millrace.client;

import java.util.Map;

/** The hub's error answers. Source: RFC 9457. */
final class Problem {

    private Problem() {}

    /** What the document says, as the end of a message; nothing where it says nothing. */
    static String detail(String document) {
        Map<String, Object> members = Json.object(document);
        Object said = members.getOrDefault("detail", members.getOrDefault("title", ""));
        return said.toString().isEmpty() ? "" : ": " + said;
    }
}
