package dev.millrace.server.http;

import io.netty.buffer.ByteBuf;

/** Where a streamed body goes, part by part. Called on the connection's loop. */
interface BodySink {
    /** The next bytes; valid during the call only. */
    void part(ByteBuf bytes);

    /** The body is whole. */
    void end();

    /** The peer is gone before the end. */
    void abandoned();
}
