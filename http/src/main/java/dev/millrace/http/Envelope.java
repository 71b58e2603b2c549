package dev.millrace.http;

import dev.millrace.log.ChannelName;
import java.util.Optional;

/** The envelope around an event's data, for clients that must know the channel: {@code {"channel", "event", "data"}}. */
public final class Envelope {
    private Envelope() {}

    /** The data in its envelope, on one line: as the JSON value that it is, else as a string. */
    public static String around(ChannelName channel, String name, String data) {
        StringBuilder json = new StringBuilder(data.length() + 64).append("{\"channel\":");
        if (channel.equals(ChannelName.ALL)) {
            json.append("null");
        } else {
            Json.quoteTo(json, channel.value());
        }
        json.append(",\"event\":");
        if (name.isEmpty()) {
            json.append("null");
        } else {
            Json.quoteTo(json, name);
        }
        json.append(",\"data\":");
        Optional<String> value = Json.compactIfJson(data);
        if (value.isPresent()) {
            json.append(value.get());
        } else {
            Json.quoteTo(json, data);
        }
        return json.append('}').toString();
    }
}
