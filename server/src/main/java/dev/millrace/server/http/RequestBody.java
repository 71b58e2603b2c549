package dev.millrace.server.http;

import dev.millrace.http.Action.Body;
import dev.millrace.http.Limits;
import dev.millrace.http.Problem;
import dev.millrace.http.Text;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;

/** The body of one request, collected part by part, and never beyond its limit. Release it. */
final class RequestBody {
    /** The most bytes of a body that nobody wants and that is thrown away, so that the connection can be kept. */
    static final long MAX_DISCARDED = 64 * 1024;

    private final Body kind;
    private final long maxBytes;
    private long received;
    private @Nullable ByteBuf bytes;

    private RequestBody(Body kind, long maxBytes) {
        this.kind = kind;
        this.maxBytes = maxBytes;
    }

    /** The body that a request's head announces; refuses what its action does not take. */
    static RequestBody announced(Request head, Body kind, int maxEventBytes) {
        String coding = head.headers().get(HttpHeaderNames.CONTENT_ENCODING, "");
        if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity") && kind != Body.NONE) {
            throw Problem.of(415, "send the body uncompressed").exception();
        }
        String expected = head.headers().get(HttpHeaderNames.EXPECT, "");
        if (!expected.isEmpty() && !expected.equalsIgnoreCase("100-continue")) {
            throw Problem.of(417, "Expect may be 100-continue only").exception();
        }
        String type = kind == Body.JSON ? "application/json" : "application/x-ndjson";
        boolean wantsType = kind == Body.JSON || kind == Body.LINES;
        if (wantsType && !head.contentType().equals(type)) {
            throw Problem.of(415, "send Content-Type: " + type).exception();
        }
        RequestBody body = new RequestBody(kind, maxBytes(kind, maxEventBytes));
        if (head.contentLength() > body.maxBytes) {
            throw Problem.tooLarge(body.maxBytes);
        }
        return body;
    }

    private static long maxBytes(Body kind, int maxEventBytes) {
        return switch (kind) {
            case NONE -> MAX_DISCARDED;
            case TEXT -> maxEventBytes;
            case JSON -> Limits.jsonBytes(maxEventBytes);
            case LINES -> Long.MAX_VALUE;
        };
    }

    /** Takes a part; refuses the one that goes beyond the limit. */
    void add(ByteBuf part, boolean isLast, ByteBufAllocator allocator) {
        received += part.readableBytes();
        if (received > maxBytes) {
            throw Problem.tooLarge(maxBytes);
        }
        if (kind != Body.NONE && part.isReadable()) {
            bytes = bytes == null && isLast ? part.retain() : join(part, allocator);
        }
    }

    private ByteBuf join(ByteBuf more, ByteBufAllocator allocator) {
        ByteBuf joined = bytes == null ? allocator.heapBuffer(2 * more.readableBytes()) : bytes;
        return joined.writeBytes(more);
    }

    /** What has come, as text. */
    String text() {
        return bytes == null ? "" : Text.decode(ByteBufUtil.getBytes(bytes));
    }

    void release() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
    }
}
