package dev.millrace.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import java.util.function.Function;

/**
 * An HTTP/2 connection: each of its streams is a channel of its own, with the handlers that an HTTP/1.1 connection has.
 *
 * <p>A peer that opens and resets streams, sends headers that are long or do not end, or makes the server answer frames it does not
 * read, is cut off (RFC 9113, section 10.5).
 * One without a stream for a minute is closed.
 */
final class Http2Connection extends ChannelInboundHandlerAdapter implements Watched {
    private static final int MAX_STREAMS = 256;
    private static final int MAX_RESETS = 200;
    private static final int RESETS_SECONDS = 30;
    private static final int MAX_QUEUED_CONTROL_FRAMES = 1000;

    private final Channel connection;
    private final Http2FrameCodec codec;
    private final ServerLoop loop;
    private long deadlineMillis;
    private boolean isLeaving;

    private Http2Connection(Channel connection, Http2FrameCodec codec, ServerLoop loop) {
        this.connection = connection;
        this.codec = codec;
        this.loop = loop;
        this.deadlineMillis = loop.nowMillis() + loop.patience().idleMillis();
    }

    /** Makes a connection speak HTTP/2; {@code streams} makes the handler of each of its streams. */
    static void on(Channel connection, ServerLoop loop, Function<Channel, HttpConnection> streams) {
        // Netty's default holds as well: no more than 16 small frames of headers that go on (CONTINUATION).
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
                .initialSettings(new Http2Settings()
                        .maxConcurrentStreams(MAX_STREAMS)
                        .maxHeaderListSize(StrictRequestDecoder.MAX_HEADER_BYTES))
                .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESETS_SECONDS)
                .encoderEnforceMaxQueuedControlFrames(MAX_QUEUED_CONTROL_FRAMES)
                .build();
        connection
                .pipeline()
                .addLast("http2", codec)
                .addLast("streams", new Http2MultiplexHandler(new StreamInitializer(streams)))
                .addLast("connection", new Http2Connection(connection, codec, loop));
    }

    private static final class StreamInitializer extends io.netty.channel.ChannelInitializer<Channel> {
        private final Function<Channel, HttpConnection> streams;

        StreamInitializer(Function<Channel, HttpConnection> streams) {
            this.streams = streams;
        }

        @Override
        protected void initChannel(Channel stream) {
            stream.pipeline()
                    .addLast("data", DataFrames.INSTANCE)
                    .addLast("objects", new Http2StreamFrameToHttpObjectCodec(true))
                    .addLast("http", streams.apply(stream));
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.watch(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.unwatch(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object frame) {
        ReferenceCountUtil.release(frame); // settings, pings: the codec has answered them
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void look(long nowMillis) {
        if (codec.connection().numActiveStreams() > 0) {
            deadlineMillis = nowMillis + loop.patience().idleMillis();
        } else if (isLeaving || nowMillis >= deadlineMillis) {
            connection.close();
        }
    }

    @Override
    public void closeIfIdle() {
        if (!isLeaving) {
            isLeaving = true;
            connection.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
        }
    }
}
