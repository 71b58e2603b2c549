package dev.millrace.bench.compare;

import dev.millrace.bench.load.Arrivals;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.net.URI;

/** What is done with the text frames of a WebSocket. Called on its event loop. */
interface Frames {
    /** The other side. */
    interface Peer {
        void send(String text);
    }

    /** The handshake is done. */
    void opened(Peer peer);

    void frame(Peer peer, String text);

    /** Adds the handlers of a WebSocket to a pipeline that speaks HTTP. */
    static void listen(ChannelPipeline pipeline, URI address, Arrivals arrivals, Frames frames) {
        pipeline.addLast(
                new HttpObjectAggregator(1 << 16),
                new WebSocketClientProtocolHandler(WebSocketClientProtocolConfig.newBuilder()
                        .webSocketUri(address)
                        .handshakeTimeoutMillis(60_000)
                        .build()),
                new Handler(arrivals, frames));
    }

    /** Tells the frames of one connection. */
    final class Handler extends SimpleChannelInboundHandler<TextWebSocketFrame> {
        private final Arrivals arrivals;
        private final Frames frames;

        private Handler(Arrivals arrivals, Frames frames) {
            this.arrivals = arrivals;
            this.frames = frames;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                frames.opened(peer(ctx));
            }
            ctx.fireUserEventTriggered(event);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) {
            frames.frame(peer(ctx), frame.text());
        }

        private static Peer peer(ChannelHandlerContext ctx) {
            return text -> ctx.writeAndFlush(new TextWebSocketFrame(text));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            arrivals.failed();
            ctx.close();
        }
    }
}
