package dev.millrace.showcase.site;

import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Values as the JSON that events carry. */
@Component
public class EventData {
    private final JsonMapper mapper;

    EventData(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /** The value on one line of JSON. */
    public String of(Object value) {
        return mapper.writeValueAsString(value);
    }
}
