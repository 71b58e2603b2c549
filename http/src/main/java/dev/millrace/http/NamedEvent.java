package dev.millrace.http;

import dev.millrace.log.ChannelName;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An event in JSON, as publishers send it: {@code {"channel", "event"?, "data"}}. */
public record NamedEvent(Map<String, Json.Value> members) {
    /** What this text says; refuses what is no JSON object. */
    public static NamedEvent parse(String json) {
        return new NamedEvent(Json.object(json));
    }

    /** Where to; refuses an event that does not say so. */
    public ChannelName channel() {
        return ChannelName.of(channelText());
    }

    /** Where to, and the very name of the event before where that is the same: then many events share one. */
    public ChannelName channel(@Nullable ChannelName before) {
        String text = channelText();
        return before != null && before.value().equals(text) ? before : ChannelName.of(text);
    }

    private String channelText() {
        return Json.text(members, "channel")
                .orElseThrow(() -> Problem.badRequest("channel is missing: name the channel to publish on"));
    }

    /** Its name, empty for none. */
    public String name() {
        return Json.text(members, "event").orElse("");
    }

    /** Its data: a string as its text, everything else as compact JSON. */
    public String data() {
        Json.Value data = members.get("data");
        if (data == null) {
            throw Problem.badRequest("data is missing: give any JSON value");
        }
        return Text.requireEncodable("data", data.text().orElse(data.json()));
    }
}
