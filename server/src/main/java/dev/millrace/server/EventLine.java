package dev.millrace.server;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.Publication;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * An event as a line of JSON, in exports; its id is written, and not read.
 *
 * @param publication channel ({@code $all} for a broadcast), name and data
 * @param time when it was placed, in milliseconds since 1970
 */
record EventLine(Publication publication, long time) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static String of(Event event) {
        return JSON.writeValueAsString(JSON.createObjectNode()
                .put("id", event.position().toString())
                .put("channel", event.channel().value())
                .put("event", event.name())
                .put("data", event.data())
                .put("time", event.timeMillis()));
    }

    /**
     * Reads a line.
     *
     * @throws IllegalArgumentException that says what is wrong with it
     */
    static EventLine parse(String line) {
        JsonNode json;
        try {
            json = JSON.readTree(line);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("it is no JSON", e);
        }
        JsonNode time = json.get("time");
        if (time == null || !time.canConvertToLong()) {
            throw new IllegalArgumentException("\"time\" must be milliseconds since 1970");
        }
        Publication publication = Publication.to(new ChannelName(text(json, "channel")), text(json, "data"))
                .named(text(json, "event"));
        return new EventLine(publication, time.asLong());
    }

    private static String text(JsonNode json, String field) {
        @Nullable JsonNode value = json.get(field);
        if (value == null || !value.isString()) {
            throw new IllegalArgumentException("\"" + field + "\" must be a string");
        }
        return value.asString();
    }
}
