package dev.millrace.server.http;

import dev.millrace.http.Notices;
import dev.millrace.http.Retry;
import dev.millrace.hub.EventSink;
import dev.millrace.hub.Notice;
import dev.millrace.hub.Subscriber;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * An open event stream: an event sink on a Netty connection, of which it is the only handler.
 *
 * <pre>
 *   opening ──connected──► open ──end()──► ended ──sent──► closed
 *      │                     └──abort(), peer gone──────────► closed
 *      └──refused: never was one
 * </pre>
 *
 * <p>There are as many of these as there are listeners: it holds no more than it needs, and no buffer while nothing is sent.
 */
final class SseStream extends ChannelInboundHandlerAdapter implements EventSink<ByteBuf> {
    private final Channel connection;
    private final StreamForm form;
    private final Retry retry;
    private final Connections open;
    private final boolean isEventHeartbeat;
    private boolean isEnded;
    private long written;
    private @Nullable Opening opening;
    private @Nullable Subscriber subscriber;

    /** Makes the connection the stream's own, and begins the answer. */
    interface Opening {
        void welcome(SseStream stream);
    }

    SseStream(
            Channel connection,
            StreamForm form,
            Retry retry,
            Connections open,
            boolean isEventHeartbeat,
            Opening opening) {
        this.connection = connection;
        this.form = form;
        this.retry = retry;
        this.open = open;
        this.isEventHeartbeat = isEventHeartbeat;
        this.opening = opening;
    }

    /** Its first words were written; from here on its subscriber is told what becomes of the connection. */
    void opened(Subscriber hubs) {
        subscriber = hubs;
        if (!connection.isActive()) {
            hubs.disconnected();
        } else if (connection.isWritable()) {
            hubs.writable();
        }
    }

    // ---- what the hub says ----

    @Override
    public StreamForm form() {
        return form;
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable();
    }

    @Override
    public boolean isDrained() {
        return connection.isActive() && pending() == 0;
    }

    @Override
    public long progress() {
        ChannelOutboundBuffer buffer = connection.unsafe().outboundBuffer();
        return written - pending() + (buffer == null ? 0 : buffer.currentProgress());
    }

    @Override
    public long written() {
        return written;
    }

    @Override
    public String protocol() {
        return form.framing().protocol();
    }

    /** The bytes that were taken and have not left, as far as the channel counts: of a stream of HTTP/2, too. */
    private long pending() {
        return connection.isWritable()
                ? connection.config().getWriteBufferHighWaterMark() + 1L - connection.bytesBeforeUnwritable()
                : connection.config().getWriteBufferLowWaterMark() - 1L + connection.bytesBeforeWritable();
    }

    @Override
    public void write(ByteBuf batch) {
        send(batch.retainedDuplicate());
    }

    @Override
    public void tell(Notice notice) {
        Opening begins = opening;
        if (begins != null) {
            opening = null;
            begins.welcome(this);
        }
        byte[] bytes = Notices.encode(notice, form.isEnveloped(), retry, isEventHeartbeat);
        send(form.framing().frame(connection.alloc(), bytes, bytes.length));
    }

    private void send(ByteBuf bytes) {
        written += bytes.readableBytes();
        connection.write(bytes, connection.voidPromise());
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    public void end() {
        isEnded = true;
        connection.writeAndFlush(form.framing().end(connection.alloc())).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void abort() {
        isEnded = true;
        if (connection.isActive()) {
            connection
                    .config()
                    .setOption(io.netty.channel.ChannelOption.SO_LINGER, 0); // what it never took is not kept for it
        }
        connection.close();
    }

    // ---- what the connection says ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        open.opened();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        open.closed();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message); // a listener has nothing to say
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (subscriber != null && !isEnded && connection.isWritable()) {
            subscriber.writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (subscriber != null) {
            subscriber.disconnected();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close(); // the peer is gone, or will be
    }
}
