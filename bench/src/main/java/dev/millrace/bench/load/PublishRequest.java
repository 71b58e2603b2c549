package dev.millrace.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * A request that publishes to one channel, as the bytes of HTTP/1.1: all of them but the events' data, whose length is the
 * plan's. Immutable.
 */
public final class PublishRequest {
    private final byte[] head;
    private final byte[] before;
    private final byte[] after;
    private final int events;
    private final int payload;

    private PublishRequest(byte[] head, byte[] before, byte[] after, int events, int payload) {
        this.head = head;
        this.before = before;
        this.after = after;
        this.events = events;
        this.payload = payload;
    }

    /**
     * {@code POST} to a path.
     *
     * @param before stands in front of each event's data
     * @param after stands behind it
     * @param events how many there are in a request
     */
    public static PublishRequest to(
            LoadPlan plan, String path, String contentType, String before, String after, int events) {
        int length = events * (before.length() + plan.payload() + after.length());
        String head = "POST " + path + " HTTP/1.1\r\nHost: " + plan.hub().getAuthority() + "\r\n"
                + plan.token().map(it -> "Authorization: Bearer " + it + "\r\n").orElse("")
                + "Content-Type: " + contentType + "\r\nContent-Length: " + length + "\r\n\r\n";
        return new PublishRequest(ascii(head), ascii(before), ascii(after), events, plan.payload());
    }

    /** The whole request, with events of one publisher, numbered from this one on. */
    ByteBuf bytes(ByteBufAllocator allocator, int publisher, long number, long dueNanos) {
        int length = head.length + events * (before.length + payload + after.length);
        ByteBuf bytes = allocator.buffer(length).writeBytes(head);
        for (int i = 0; i < events; i++) {
            bytes.writeBytes(before);
            new Sample(publisher, number + i, dueNanos).writeTo(bytes, payload);
            bytes.writeBytes(after);
        }
        return bytes;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
