package dev.millrace.http;

import dev.millrace.hub.Notice;
import dev.millrace.log.ChannelName;
import dev.millrace.sse.SseEncoder;
import java.io.ByteArrayOutputStream;
import java.util.stream.Collectors;

/** What the hub itself tells a stream, as the bytes of an event stream. */
public final class Notices {
    private static final byte[] HEARTBEAT = SseEncoder.comment("");

    private Notices() {}

    /**
     * The bytes of a notice.
     *
     * @param isEnveloped whether data come in envelopes
     * @param isEventHeartbeat whether heartbeats are events, which a page can see, and no comments
     */
    public static byte[] encode(Notice notice, boolean isEnveloped, Retry retry, boolean isEventHeartbeat) {
        if (notice instanceof Notice.Connected connected) {
            return join(
                    SseEncoder.retry(retry.millis()),
                    SseEncoder.event(connected.position().toString(), "connected", data(connected)));
        } else if (notice instanceof Notice.Subscribed subscribed) {
            return SseEncoder.event("", "subscribed", "{\"channel\":" + Json.quote(subscribed.channel()) + "}");
        } else if (notice instanceof Notice.Unsubscribed unsubscribed) {
            return SseEncoder.event("", "unsubscribed", "{\"channel\":" + Json.quote(unsubscribed.channel()) + "}");
        } else if (notice instanceof Notice.Gap missing) {
            return SseEncoder.event("", "gap", data(missing.gap()));
        } else if (notice instanceof Notice.Expired) {
            return join(SseEncoder.retry(retry.spreadMillis()), SseEncoder.event("", "expired", "{}"));
        } else if (notice instanceof Notice.Closing closing) {
            return closing(closing.reason(), retry);
        } else if (notice instanceof Notice.Message message) {
            return SseEncoder.event("", message.name(), data(message, isEnveloped));
        } else if (notice instanceof Notice.Heartbeat heartbeat && isEventHeartbeat) {
            return SseEncoder.event("", "heartbeat", "{\"time\":" + heartbeat.timeMillis() + "}");
        }
        return HEARTBEAT;
    }

    /** The last words to a stream that is ended on purpose, or refused. */
    public static byte[] closing(Notice.Reason reason, Retry retry) {
        String word = reason.name().toLowerCase(java.util.Locale.ROOT);
        return join(
                SseEncoder.retry(retry.spreadMillis()),
                SseEncoder.event("", "closing", "{\"reason\":\"" + word + "\"}"));
    }

    private static String data(Notice.Connected connected) {
        return "{\"clientId\":" + Json.quote(connected.clientId()) + ",\"channels\":"
                + connected.channels().entries().stream().map(Json::quote).collect(Collectors.joining(",", "[", "]"))
                + ",\"resumed\":" + connected.resumed().map(String::valueOf).orElse("null") + "}";
    }

    private static String data(dev.millrace.log.Gap gap) {
        return "{\"channel\":" + Json.quoteOrNull(gap.channel()) + ",\"after\":" + Json.quoteOrNull(gap.after())
                + ",\"resumedAt\":" + Json.quote(gap.resumedAt().toString()) + "}";
    }

    private static String data(Notice.Message message, boolean isEnveloped) {
        return isEnveloped ? Envelope.around(ChannelName.ALL, message.name(), message.data()) : message.data();
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream(first.length + second.length);
        joined.writeBytes(first);
        joined.writeBytes(second);
        return joined.toByteArray();
    }
}
