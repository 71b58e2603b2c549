package dev.millrace.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * The decoder of HTTP/1 requests, which refuses whatever two parties could read in two ways (RFC 9112, section 11.2).
 *
 * <p>Netty's own reads folded headers, and request lines with any white space; this looks at the lines of a head first.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    static final int MAX_LINE_BYTES = 8 * 1024;
    static final int MAX_HEADER_BYTES = 16 * 1024;

    private static final int MAX_PART_BYTES = 64 * 1024;

    private enum Place {
        REQUEST_LINE,
        HEADERS,
        BODY,
        REFUSED
    }

    private Place place = Place.REQUEST_LINE;

    StrictRequestDecoder() {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxChunkSize(MAX_PART_BYTES)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true)
                .setAllowDuplicateContentLengths(false));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
        if (place == Place.REFUSED) {
            in.skipBytes(in.readableBytes());
        } else if (place != Place.BODY && !isClear(in)) {
            refuse(in, out);
        } else {
            int before = out.size();
            super.decode(ctx, in, out);
            for (int i = before; i < out.size(); i++) {
                place = out.get(i) instanceof LastHttpContent ? Place.REQUEST_LINE : Place.BODY;
            }
        }
    }

    private void refuse(ByteBuf in, List<Object> out) {
        place = Place.REFUSED;
        in.skipBytes(in.readableBytes());
        HttpMessage invalid = createInvalidMessage();
        invalid.setDecoderResult(DecoderResult.failure(new IllegalArgumentException("an ambiguous head")));
        out.add(invalid);
    }

    /** Looks at the whole lines of a head; no line is looked at twice, for the decoder takes whole lines away. */
    private boolean isClear(ByteBuf in) {
        int start = in.readerIndex();
        while (place == Place.REQUEST_LINE && start < in.writerIndex() && isLineEnd(in.getByte(start))) {
            start++; // empty lines before a request, which old clients send
        }
        while (start < in.writerIndex()) {
            byte first = in.getByte(start);
            if (place == Place.HEADERS && (first == ' ' || first == '\t')) {
                return false; // a folded header (section 5.2)
            }
            int end = in.indexOf(start, in.writerIndex(), (byte) '\n');
            if (end < 0 || (place == Place.HEADERS && isLineEnd(first))) {
                return true;
            }
            if (place == Place.REQUEST_LINE && !hasTwoSpaces(in, start, end)) {
                return false; // section 3
            }
            place = Place.HEADERS;
            start = end + 1;
        }
        return true;
    }

    private static boolean isLineEnd(byte b) {
        return b == '\r' || b == '\n';
    }

    private static boolean hasTwoSpaces(ByteBuf in, int start, int end) {
        int spaces = 0;
        for (int i = start; i < end; i++) {
            byte b = in.getByte(i);
            if (b == ' ') {
                spaces++;
            } else if (b < ' ' && !(b == '\r' && i == end - 1)) {
                return false;
            }
        }
        return spaces == 2 && in.getByte(start) != ' ';
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("Transfer-Encoding and Content-Length in one request");
    }
}
