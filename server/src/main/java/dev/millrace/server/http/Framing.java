package dev.millrace.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;

/** How the bytes of a stream are framed on a connection. */
enum Framing {
    /** In chunks (RFC 9112, section 7.1): HTTP/1.1. */
    CHUNKED("HTTP/1.1"),
    /** As they are, up to the end of the connection: HTTP/1.0. */
    BARE("HTTP/1.0"),
    /** As they are, in frames of a stream (RFC 9113, section 6.1): HTTP/2. */
    DATA("HTTP/2");

    private static final int CRLF = '\r' << 8 | '\n';

    private final String protocol;

    Framing(String protocol) {
        this.protocol = protocol;
    }

    /** The version of HTTP that frames so. */
    String protocol() {
        return protocol;
    }

    /** A direct buffer with the first {@code length} of the bytes, framed. */
    ByteBuf frame(ByteBufAllocator allocator, byte[] bytes, int length) {
        ByteBuf framed = allocator.directBuffer(length + 12);
        if (this == CHUNKED) {
            ByteBufUtil.writeAscii(framed, Integer.toHexString(length));
            framed.writeShort(CRLF);
        }
        framed.writeBytes(bytes, 0, length);
        if (this == CHUNKED) {
            framed.writeShort(CRLF);
        }
        return framed;
    }

    /** What says that nothing more follows. */
    Object end(ByteBufAllocator allocator) {
        return switch (this) {
            case CHUNKED -> ByteBufUtil.writeAscii(allocator, "0\r\n\r\n");
            case BARE -> Unpooled.EMPTY_BUFFER;
            case DATA -> new DefaultHttp2DataFrame(true);
        };
    }
}
