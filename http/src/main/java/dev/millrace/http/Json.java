package dev.millrace.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * JSON texts in and out. Values that only pass through are never turned into numbers or objects, so that they arrive as
 * they were written, but for the white space between their parts.
 */
public final class Json {
    private static final int MAX_DEPTH = 500;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(MAX_DEPTH)
            .maxNumberLength(Integer.MAX_VALUE) // only looked at, never computed
            .maxStringLength(Integer.MAX_VALUE) // the body is limited
            .build();
    private static final JsonFactory LENIENT = factory().build();
    private static final JsonFactory STRICT =
            factory().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    /** A member of an object: its compact JSON, and where it is a string, the text of that. */
    public record Value(String json, Optional<String> text) {}

    private Json() {}

    /** Few threads parse, and often: each keeps its buffers. */
    private static JsonFactoryBuilder factory() {
        return JsonFactory.builder().streamReadConstraints(LIMITS).recyclerPool(JsonRecyclerPools.threadLocalPool());
    }

    /** The members of an object; refuses what is no single JSON object, has a key twice, or is nested too deeply. */
    public static Map<String, Value> object(String json) {
        Map<String, Value> members = new LinkedHashMap<>();
        try (JsonParser parser = STRICT.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Problem.badRequest("the body must be a JSON object");
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                members.put(name, value(parser, parser.nextToken(), json));
            }
            if (parser.nextToken() != null) {
                throw Problem.badRequest("nothing may follow the JSON object");
            }
        } catch (JacksonException e) {
            throw Problem.badRequest("not valid JSON: " + e.getOriginalMessage());
        }
        return members;
    }

    private static Value value(JsonParser parser, JsonToken token, String json) {
        int start = (int) parser.currentTokenLocation().getCharOffset();
        Optional<String> text = token == JsonToken.VALUE_STRING ? Optional.of(parser.getString()) : Optional.empty();
        boolean hasParts = token.isStructStart();
        if (hasParts) {
            parser.skipChildren();
        } else {
            parser.finishToken();
        }
        String raw = json.substring(start, (int) parser.currentLocation().getCharOffset());
        return new Value(hasParts ? compact(raw) : raw, text);
    }

    /** A member that must be a string; empty where it is absent or null. */
    public static Optional<String> text(Map<String, Value> members, String name) {
        Value value = members.get(name);
        if (value == null || value.json().equals("null")) {
            return Optional.empty();
        }
        return Optional.of(value.text().orElseThrow(() -> Problem.badRequest(name + " must be a string")));
    }

    /** The text as compact JSON on one line; empty where it is no JSON, or is nested too deeply. */
    static Optional<String> compactIfJson(String text) {
        try (JsonParser parser = LENIENT.createParser(ObjectReadContext.empty(), text)) {
            JsonToken first = parser.nextToken();
            if (first == null) {
                return Optional.empty();
            }
            parser.skipChildren();
            parser.finishToken();
            return parser.nextToken() == null ? Optional.of(compact(text)) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** A valid JSON text without the white space that means nothing. */
    private static String compact(String json) {
        StringBuilder compact = new StringBuilder();
        int copied = 0;
        boolean isString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == '"') {
                isString = !isString;
            } else if (c == '\\') {
                i++;
            } else if (!isString && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
                compact.append(json, copied, i);
                copied = i + 1;
            }
        }
        return copied == 0 ? json : compact.append(json, copied, json.length()).toString();
    }

    /** A text as a JSON string (RFC 8259, section 7). */
    public static String quote(String text) {
        return quoteTo(new StringBuilder(text.length() + 16), text).toString();
    }

    /** A text as a JSON string, or {@code null} where there is none. */
    public static String quoteOrNull(Optional<?> text) {
        return text.map(present -> quote(present.toString())).orElse("null");
    }

    /** Appends a text as a JSON string. */
    static StringBuilder quoteTo(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> out.append('\\').append(c);
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"');
    }
}
