package dev.millrace.cli;

import dev.millrace.client.StreamEvent;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How an event that came in an envelope is printed. */
enum EventLines {
    /** For people: id, channel, name, data. What could steer a terminal is written out. */
    PLAIN {
        @Override
        String of(StreamEvent.Message message) {
            JsonNode envelope = MAPPER.readTree(message.data());
            JsonNode data = envelope.path("data");
            String channel = envelope.path("channel").asString("(everyone)");
            return safe(message.lastEventId() + "  " + channel + "  " + message.name() + "  "
                    + (data.isString() ? data.asString() : data.toString()));
        }

        @Override
        String of(StreamEvent.Gap gap) {
            return safe("gap  " + gap.channel().orElse("(everyone)") + "  events after "
                    + gap.after().orElse("the beginning") + " and up to " + gap.resumedAt() + " are no longer kept");
        }
    },

    /** For programs: an object on a line. */
    JSON {
        @Override
        String of(StreamEvent.Message message) {
            ObjectNode line = MAPPER.createObjectNode().put("id", message.lastEventId());
            line.setAll((ObjectNode) MAPPER.readTree(message.data()));
            return line.toString();
        }

        @Override
        String of(StreamEvent.Gap gap) {
            ObjectNode told = MAPPER.createObjectNode();
            put(told, "channel", gap.channel());
            put(told, "after", gap.after());
            told.put("resumedAt", gap.resumedAt());
            return MAPPER.createObjectNode().set("gap", told).toString();
        }

        private void put(ObjectNode to, String name, Optional<String> value) {
            value.ifPresentOrElse(text -> to.put(name, text), () -> to.putNull(name));
        }
    };

    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** Names that no published event has: the hub speaks of the stream itself, without an envelope. */
    private static final Set<String> NOTICES = Set.of("subscribed", "unsubscribed", "expired", "closing", "heartbeat");

    static boolean isNotice(StreamEvent.Message message) {
        return NOTICES.contains(message.name());
    }

    abstract String of(StreamEvent.Message message);

    abstract String of(StreamEvent.Gap gap);

    private static String safe(String text) {
        return text.codePoints().mapToObj(EventLines::safe).collect(Collectors.joining());
    }

    private static String safe(int c) {
        if (c == '\n') {
            return "\n    ";
        }
        return Character.isISOControl(c) && c != '\t' ? String.format("\\u%04x", c) : Character.toString(c);
    }
}
