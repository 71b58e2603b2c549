package dev.millrace.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/** Counts the bytes that listeners receive and send, below all protocols but TCP. */
@Sharable
final class WireCount extends ChannelDuplexHandler {
    private final Tally tally;

    WireCount(Tally tally) {
        this.tally = tally;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        count(message);
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        count(message);
        ctx.write(message, promise);
    }

    private void count(Object message) {
        if (message instanceof ByteBuf bytes && tally.isMeasuring()) {
            tally.measuredBytes += bytes.readableBytes();
        }
    }
}
