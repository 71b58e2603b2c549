package dev.millrace.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole answer: status, type, body, further headers.
 *
 * @param type the content type, empty where there is no body
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Answer(int status, String type, byte[] body, List<Header> headers) {
    private static final byte[] NOTHING = {};

    /** 200 with a JSON text. */
    public static Answer json(String text) {
        return new Answer(200, "application/json", text.getBytes(StandardCharsets.UTF_8), List.of());
    }

    /** 200 with a text of this type. */
    public static Answer text(String type, String text) {
        return new Answer(200, type, text.getBytes(StandardCharsets.UTF_8), List.of());
    }

    /** A status alone. */
    public static Answer empty(int status, Header... headers) {
        return new Answer(status, "", NOTHING, List.of(headers));
    }

    /** The same with more headers. */
    public Answer with(List<Header> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<Header> all = new ArrayList<>(headers);
        all.addAll(more);
        return new Answer(status, type, body, all);
    }
}
