package dev.millrace.server.http;

import dev.millrace.http.Answer;
import dev.millrace.http.Header;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Answers as the bytes of HTTP/1.1 (RFC 9112). What repeats is prepared. */
final class Http1Wire implements Wire {
    static final Http1Wire INSTANCE = new Http1Wire();

    private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");
    private static final byte[] OK = ascii("HTTP/1.1 200 OK\r\nDate: ");
    private static final byte[] ALWAYS = ascii("\r\nX-Content-Type-Options: nosniff\r\n");
    private static final byte[] NO_STORE = ascii("Cache-Control: no-store\r\n");
    private static final byte[] TYPE = ascii("Content-Type: ");
    private static final byte[] LENGTH = ascii("Content-Length: ");
    private static final byte[] CLOSE = ascii("Connection: close\r\n");
    private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final int CRLF = '\r' << 8 | '\n';
    private static final Map<Integer, byte[]> STATUS_LINES = new ConcurrentHashMap<>();

    private Http1Wire() {}

    @Override
    public void answer(Channel to, byte[] date, Answer answer, boolean isHead, boolean isKeptAlive) {
        ByteBuf out = to.alloc().directBuffer(320 + answer.body().length);
        begin(out, answer.status(), date);
        if (answer.headers().stream().noneMatch(header -> header.name().equals("Cache-Control"))) {
            out.writeBytes(NO_STORE);
        }
        if (!answer.type().isEmpty()) {
            out.writeBytes(TYPE);
            ByteBufUtil.writeAscii(out, answer.type());
            out.writeShort(CRLF);
        }
        if (answer.status() != 204 && answer.status() != 304) {
            out.writeBytes(LENGTH);
            ByteBufUtil.writeAscii(out, Integer.toString(answer.body().length));
            out.writeShort(CRLF);
        }
        headers(out, answer.headers());
        if (!isKeptAlive) {
            out.writeBytes(CLOSE);
        }
        out.writeShort(CRLF);
        to.write(isHead ? out : out.writeBytes(answer.body()), to.voidPromise());
    }

    @Override
    public void beginStream(Channel to, byte[] date, Framing framing, List<Header> headers) {
        ByteBuf out = to.alloc().directBuffer(512);
        begin(out, 200, date);
        headers(out, headers);
        out.writeBytes(framing == Framing.CHUNKED ? KEEP_ALIVE : CLOSE);
        if (framing == Framing.CHUNKED) {
            out.writeBytes(CHUNKED);
        }
        to.write(out.writeShort(CRLF), to.voidPromise());
        to.pipeline().remove(StrictRequestDecoder.class);
    }

    @Override
    public void proceed(Channel to) {
        to.write(to.alloc().directBuffer(CONTINUE.length).writeBytes(CONTINUE), to.voidPromise());
    }

    @Override
    public void closeGently(Channel connection) {
        SslHandler tls = connection.pipeline().get(SslHandler.class);
        connection.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (tls == null) {
                ((DuplexChannel) connection).shutdownOutput();
            } else {
                tls.closeOutbound();
            }
        });
    }

    @Override
    public Framing framing(boolean isHttp10) {
        return isHttp10 ? Framing.BARE : Framing.CHUNKED;
    }

    private static void begin(ByteBuf out, int status, byte[] date) {
        out.writeBytes(status == 200 ? OK : STATUS_LINES.computeIfAbsent(status, Http1Wire::statusLine));
        out.writeBytes(date);
        out.writeBytes(ALWAYS);
    }

    private static byte[] statusLine(int status) {
        return ascii("HTTP/1.1 " + HttpResponseStatus.valueOf(status) + "\r\nDate: ");
    }

    private static void headers(ByteBuf out, List<Header> headers) {
        for (int i = 0; i < headers.size(); i++) {
            ByteBufUtil.writeAscii(out, headers.get(i).name());
            out.writeByte(':').writeByte(' ');
            ByteBufUtil.writeAscii(out, headers.get(i).value());
            out.writeShort(CRLF);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
