package dev.millrace.server.http;

import dev.millrace.http.Envelope;
import dev.millrace.hub.Form;
import dev.millrace.log.Event;
import dev.millrace.sse.SseEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.List;

/**
 * Events as the bytes of an event stream, framed for one kind of connection; with or without envelopes. Not thread-safe.
 *
 * <p>A batch is encoded once, into one direct buffer, and every stream writes a duplicate of it.
 */
final class StreamForm implements Form<ByteBuf> {
    private static final int MAX_SCRATCH = 512 * 1024;

    private final Framing framing;
    private final boolean isEnveloped;
    private final ByteBufAllocator allocator;
    private byte[] scratch = new byte[1024];

    StreamForm(Framing framing, boolean isEnveloped, ByteBufAllocator allocator) {
        this.framing = framing;
        this.isEnveloped = isEnveloped;
        this.allocator = allocator;
    }

    boolean isEnveloped() {
        return isEnveloped;
    }

    Framing framing() {
        return framing;
    }

    @Override
    public ByteBuf encode(List<Event> events) {
        int length = 0;
        byte[] target = scratch;
        for (Event event : events) {
            String id = event.isKept() ? event.position().toString() : "";
            String data = isEnveloped ? Envelope.around(event.channel(), event.name(), event.data()) : event.data();
            int needed = length + SseEncoder.size(id, event.name(), data);
            if (needed > target.length) {
                target = java.util.Arrays.copyOf(target, Math.max(needed, 2 * target.length));
            }
            length = SseEncoder.write(id, event.name(), data, target, length);
        }
        if (target.length <= MAX_SCRATCH) {
            scratch = target;
        }
        return framing.frame(allocator, target, length);
    }

    @Override
    public long bytes(ByteBuf batch) {
        return batch.readableBytes();
    }

    @Override
    public void release(ByteBuf batch) {
        batch.release();
    }
}
