package dev.millrace.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;

/** Turns the bytes that an event stream writes into frames of its HTTP/2 stream. */
@Sharable
final class DataFrames extends ChannelOutboundHandlerAdapter {
    static final DataFrames INSTANCE = new DataFrames();

    private DataFrames() {}

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(message instanceof ByteBuf bytes ? new DefaultHttp2DataFrame(bytes) : message, promise);
    }
}
