package dev.millrace.server.http;

import dev.millrace.http.Answer;
import dev.millrace.http.Header;
import dev.millrace.http.Router;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection, or a stream of an HTTP/2 one: takes one request at a time, so that answers leave in the order of their requests.
 *
 * <pre>
 *   idle ──head──► in an exchange ──answered──► idle
 *     │                 ├──answered before all was read, or for the last time──► closing ──peer has read it──► closed
 *     │                 └──a stream is opened: the connection is the stream's, and this has left it
 *     └──too slow──► closed
 * </pre>
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements Watched {
    private static final long NEVER = Long.MAX_VALUE;

    private final Channel connection;
    private final Wire wire;
    private final ServerLoop loop;
    private final Router<Exchange> router;
    private final Gate gate;
    private final Connections open;
    private final int maxEventBytes;
    private final Optional<AccessLog> accessLog;
    private final Deque<HttpObject> waiting = new ArrayDeque<>(0);
    private @Nullable Exchange exchange;
    private boolean isReading;
    private boolean isProceeding;
    private boolean isClosing;
    private long deadlineMillis;

    HttpConnection(
            Channel connection,
            Wire wire,
            ServerLoop loop,
            Router<Exchange> router,
            Gate gate,
            Connections open,
            int maxEventBytes,
            Optional<AccessLog> accessLog) {
        this.connection = connection;
        this.wire = wire;
        this.loop = loop;
        this.router = router;
        this.gate = gate;
        this.open = open;
        this.maxEventBytes = maxEventBytes;
        this.accessLog = accessLog;
        expect(loop.patience().headMillis());
    }

    // ---- what the peer does ----

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        loop.watch(this);
        open.opened();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        loop.unwatch(this);
        releaseWaiting();
        open.closed();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        isReading = true;
        if (isClosing) {
            ReferenceCountUtil.release(message);
        } else if (isBusy() || !waiting.isEmpty()) {
            waiting.add((HttpObject) message);
            connection.config().setAutoRead(false);
        } else {
            take((HttpObject) message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        isReading = false;
        connection.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        proceed();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        isClosing = true;
        if (exchange != null) {
            exchange.abandoned(AccessLog.NO_STATUS);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof java.io.IOException)) {
            Problems.of(cause); // tells the log
        }
        ctx.close();
    }

    /** The timer of the loop asks whether it is too slow. */
    @Override
    public void look(long nowMillis) {
        if (nowMillis >= deadlineMillis) {
            connection.close();
        }
    }

    /** Closes it where no answer is on its way. */
    @Override
    public void closeIfIdle() {
        if (exchange == null && !isClosing) {
            closeGently();
        }
    }

    private void take(HttpObject message) {
        try {
            if (message.decoderResult().isFailure()) {
                malformed(message.decoderResult().cause());
                return;
            }
            if (message instanceof HttpRequest head) {
                exchange = new Exchange(this, head, peer());
                expect(loop.patience().bodyMillis());
                exchange.begin();
            }
            if (message instanceof HttpContent content && exchange != null && !isClosing) {
                exchange.part(content.content(), content instanceof LastHttpContent);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private InetAddress peer() {
        return ((InetSocketAddress) connection.remoteAddress()).getAddress();
    }

    private void malformed(Throwable cause) {
        Answer answer = Problems.ofMalformed(cause).answer();
        if (exchange != null) {
            exchange.abandoned(answer.status());
        } else {
            accessLog.ifPresent(log -> log.visit("", peer()).ended(answer.status(), answer.body().length));
        }
        write(answer, false, false);
        closeGently();
    }

    // ---- what its exchange does ----

    Router<Exchange> router() {
        return router;
    }

    Gate gate() {
        return gate;
    }

    Connections open() {
        return open;
    }

    ServerLoop loop() {
        return loop;
    }

    Channel channel() {
        return connection;
    }

    Framing framing(boolean isHttp10) {
        return wire.framing(isHttp10);
    }

    int maxEventBytes() {
        return maxEventBytes;
    }

    Optional<AccessLog> accessLog() {
        return accessLog;
    }

    /** Sends an answer; the next request may follow where the connection is kept alive. */
    void answered(Answer answer, boolean isHead, boolean mayKeepAlive) {
        boolean isKeptAlive = mayKeepAlive && !open.isDraining();
        write(answer, isHead, isKeptAlive);
        finished(isKeptAlive);
    }

    /** Sends an answer to a request whose body is still coming. */
    void answerAhead(Answer answer, boolean isHead) {
        write(answer, isHead, true);
    }

    /** The exchange is over. */
    void finished(boolean isKeptAlive) {
        exchange = null;
        if (isKeptAlive && !open.isDraining()) {
            expect(loop.patience().idleMillis());
            proceed();
        } else {
            closeGently();
        }
    }

    /** Tells the peer to send the body that it holds back. */
    void askForBody() {
        wire.proceed(connection);
        connection.flush();
    }

    /** The connection is a stream's from here on. */
    void become(SseStream stream, List<Header> headers) {
        if (!connection.isActive()) {
            return; // it ended while the stream was being opened; nobody will remove a handler that is added now
        }
        isClosing = true;
        exchange = null;
        connection.pipeline().addLast(stream);
        wire.beginStream(connection, loop.date(), stream.form().framing(), headers);
        connection.pipeline().remove(this);
        connection.config().setAutoRead(true);
    }

    /** The exchange waits for nothing from the peer, or for as long as it likes. */
    void expectNothing() {
        deadlineMillis = NEVER;
    }

    /** The peer must send what it has begun. */
    void expectBody() {
        expect(loop.patience().bodyMillis());
    }

    /** Goes on with what came meanwhile. */
    void proceed() {
        if (isProceeding) {
            return; // the loop below goes on
        }
        isProceeding = true;
        while (!waiting.isEmpty() && !isBusy() && !isClosing) {
            take(waiting.remove());
        }
        isProceeding = false;
        if (isClosing) {
            releaseWaiting();
        }
        if (waiting.isEmpty() && (isClosing || !isBusy())) {
            connection.config().setAutoRead(true);
        }
    }

    private boolean isBusy() {
        return !connection.isWritable() || (exchange != null && exchange.isBusy());
    }

    private void write(Answer answer, boolean isHead, boolean isKeptAlive) {
        wire.answer(connection, loop.date(), answer, isHead, isKeptAlive);
        if (!isReading) {
            connection.flush();
        }
    }

    /** Closes when the peer has had the time to read the answer: at once it would lose it, where it is still sending. */
    private void closeGently() {
        isClosing = true;
        releaseWaiting();
        expect(loop.patience().closingMillis());
        wire.closeGently(connection);
        connection.config().setAutoRead(true);
    }

    private void releaseWaiting() {
        waiting.forEach(ReferenceCountUtil::release);
        waiting.clear();
    }

    private void expect(int millis) {
        deadlineMillis = loop.nowMillis() + millis;
    }
}
