package dev.millrace.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * The handlers of a new connection.
 *
 * <pre>
 *   TLS ── ALPN ──┬─ http/1.1: decoder, http          http: {@link HttpConnection}, the same for both protocols
 *   plain ── preface ─┤
 *                 └─ h2: http2, streams, connection;  each stream: data, objects, http
 * </pre>
 */
final class PipelineInitializer extends ChannelInitializer<Channel> {
    private static final ByteBuf PREFACE = Unpooled.unreleasableBuffer(Http2CodecUtil.connectionPrefaceBuf());

    private final Optional<Tls> tls;
    private final Function<Channel, ServerLoop> loops;
    private final BiFunction<Channel, Wire, HttpConnection> connections;

    PipelineInitializer(
            Optional<Tls> tls,
            Function<Channel, ServerLoop> loops,
            BiFunction<Channel, Wire, HttpConnection> connections) {
        this.tls = tls;
        this.loops = loops;
        this.connections = connections;
    }

    @Override
    protected void initChannel(Channel connection) {
        if (tls.isPresent()) {
            connection
                    .pipeline()
                    .addLast("tls", tls.get().context().newHandler(connection.alloc()))
                    .addLast("alpn", new Negotiation());
        } else {
            connection.pipeline().addLast("preface", new Preface(connection, loops.apply(connection)));
        }
    }

    private void speakHttp1(Channel connection) {
        connection
                .pipeline()
                .addLast("decoder", new StrictRequestDecoder())
                .addLast("http", connections.apply(connection, Http1Wire.INSTANCE));
    }

    private void speakHttp2(Channel connection) {
        Http2Connection.on(
                connection, loops.apply(connection), stream -> connections.apply(stream, Http2Wire.INSTANCE));
    }

    /** Waits for the handshake, and does what was agreed (RFC 7301). */
    private final class Negotiation extends ApplicationProtocolNegotiationHandler {
        Negotiation() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                speakHttp2(ctx.channel());
            } else {
                speakHttp1(ctx.channel());
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close(); // the peer's business: it has been told by an alert
        }
    }

    /** Looks whether a plain connection begins with the preface of HTTP/2 (RFC 9113, section 3.3). */
    private final class Preface extends ByteToMessageDecoder implements Watched {
        private static final int TELLING_BYTES = 3; // no method of HTTP/1 begins with PRI

        private final Channel connection;
        private final ServerLoop loop;
        private final long deadlineMillis;

        Preface(Channel connection, ServerLoop loop) {
            this.connection = connection;
            this.loop = loop;
            this.deadlineMillis = loop.nowMillis() + loop.patience().headMillis();
            loop.watch(this);
        }

        @Override
        public void look(long nowMillis) {
            if (nowMillis >= deadlineMillis) {
                connection.close();
            }
        }

        @Override
        public void closeIfIdle() {
            connection.close();
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext ctx) {
            loop.unwatch(this);
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            int length = Math.min(in.readableBytes(), TELLING_BYTES);
            boolean isPreface = ByteBufUtil.equals(in, in.readerIndex(), PREFACE, 0, length);
            if (isPreface && length < TELLING_BYTES) {
                return;
            }
            if (isPreface) {
                speakHttp2(ctx.channel());
            } else {
                speakHttp1(ctx.channel());
            }
            ctx.pipeline().remove(this);
        }
    }
}
