package dev.millrace.server.http;

import dev.millrace.http.Answer;
import dev.millrace.http.Header;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Answers as the frames of one HTTP/2 stream (RFC 9113, section 8.1). */
final class Http2Wire implements Wire {
    static final Http2Wire INSTANCE = new Http2Wire();

    private Http2Wire() {}

    @Override
    public void answer(Channel to, byte[] date, Answer answer, boolean isHead, boolean isKeptAlive) {
        Http2Headers headers = begin(answer.status(), date, answer.headers());
        if (!headers.contains("cache-control")) {
            headers.set("cache-control", "no-store");
        }
        if (!answer.type().isEmpty()) {
            headers.set("content-type", answer.type());
        }
        if (answer.status() != 204 && answer.status() != 304) {
            headers.setInt("content-length", answer.body().length);
        }
        boolean isBare = isHead || answer.body().length == 0;
        to.write(new DefaultHttp2HeadersFrame(headers, isBare));
        if (!isBare) {
            to.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(answer.body()), true));
        }
    }

    @Override
    public void beginStream(Channel to, byte[] date, Framing framing, List<Header> headers) {
        to.write(new DefaultHttp2HeadersFrame(begin(200, date, headers)));
        to.pipeline().remove(Http2StreamFrameToHttpObjectCodec.class);
    }

    @Override
    public void proceed(Channel to) {
        to.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("100")));
    }

    /** What still comes is thrown away for a while: clients lose an answer that a reset follows. */
    @Override
    public void closeGently(Channel stream) {
        stream.flush();
    }

    @Override
    public Framing framing(boolean isHttp10) {
        return Framing.DATA;
    }

    private static Http2Headers begin(int status, byte[] date, List<Header> headers) {
        Http2Headers all = new DefaultHttp2Headers()
                .status(Integer.toString(status))
                .set("date", new String(date, StandardCharsets.US_ASCII))
                .set("x-content-type-options", "nosniff");
        for (Header header : headers) {
            all.add(header.name().toLowerCase(Locale.ROOT), header.value());
        }
        return all;
    }
}
