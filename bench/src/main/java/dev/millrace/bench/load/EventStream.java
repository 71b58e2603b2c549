package dev.millrace.bench.load;

import dev.millrace.sse.SseEvent;
import dev.millrace.sse.SseHandler;
import dev.millrace.sse.SseParser;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;

/** One listener by Server-Sent Events: connected with the first bytes of the stream. */
public final class EventStream extends ChannelInboundHandlerAdapter implements SseHandler {
    private static final int MAX_EVENT = 1 << 20;

    private final FullHttpRequest request;
    private final Arrivals arrivals;
    private final SseParser parser = new SseParser("", MAX_EVENT, this);

    /** A listener that sends this request. */
    public EventStream(FullHttpRequest request, Arrivals arrivals) {
        this.request = request;
        this.arrivals = arrivals;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(request);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof HttpResponse head && head.status().code() != 200) {
                arrivals.failed();
                ctx.close();
            } else if (message instanceof HttpContent content
                    && content.content().isReadable()) {
                byte[] bytes = ByteBufUtil.getBytes(content.content());
                parser.parse(bytes, 0, bytes.length);
                arrivals.connected();
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void event(SseEvent event) {
        switch (event.name()) {
            case "gap" -> arrivals.gap();
            case "message" -> arrivals.arrived(unquoted(event.data()));
            default -> {}
        }
    }

    /** The text, without the quotes that a server puts around it which takes it for JSON. */
    private static String unquoted(String data) {
        return data.startsWith("\"") ? data.substring(1, data.length() - 1) : data;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        arrivals.failed();
        ctx.close();
    }
}
