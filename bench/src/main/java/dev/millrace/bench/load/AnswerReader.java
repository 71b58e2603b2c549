package dev.millrace.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpConstants;
import java.util.function.IntConsumer;

/**
 * The answers on one connection, as they come: tells the status of each when it is there to its last byte, and passes over
 * everything else. Interim answers (1xx) are none.
 *
 * <p>Source: RFC 9112, sections 4, 6 and 7. An answer that ends with its connection only is refused. Not thread-safe.
 */
final class AnswerReader {
    /** The longest line of a head or of a chunk's size. */
    static final int MAX_LINE = 8192;

    private static final String LENGTH = "content-length:";
    private static final String CODING = "transfer-encoding:";

    private final IntConsumer answered;
    private final byte[] line = new byte[MAX_LINE];
    private int lineLength;
    private Part part = Part.STATUS;
    private int status;
    private long length;
    private boolean isChunked;
    private long toSkip;

    /** What comes next. All but the two that are skipped are lines. */
    private enum Part {
        STATUS,
        HEADERS,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS
    }

    /** @param answered is told each status; it may send the next request */
    AnswerReader(IntConsumer answered) {
        this.answered = answered;
    }

    /**
     * Reads all of these bytes.
     *
     * @throws IllegalArgumentException if they are no answer; the connection is of no use any more
     */
    void read(ByteBuf bytes) {
        while (bytes.isReadable()) {
            if (part == Part.BODY || part == Part.CHUNK) {
                skip(bytes);
            } else {
                readLine(bytes);
            }
        }
    }

    private void skip(ByteBuf bytes) {
        int skipped = (int) Math.min(toSkip, bytes.readableBytes());
        bytes.skipBytes(skipped);
        toSkip -= skipped;
        if (toSkip == 0 && part == Part.BODY) {
            end();
        } else if (toSkip == 0) {
            part = Part.CHUNK_END;
        }
    }

    /** Collects the bytes of a line, which may come in pieces, and takes it when it is whole. */
    private void readLine(ByteBuf bytes) {
        int untilEnd = bytes.bytesBefore(HttpConstants.LF);
        int count = untilEnd < 0 ? bytes.readableBytes() : untilEnd;
        require(lineLength + count <= MAX_LINE, "a line is too long");
        bytes.readBytes(line, lineLength, count);
        lineLength += count;
        if (untilEnd >= 0) {
            bytes.skipBytes(1);
            boolean hasReturn = lineLength > 0 && line[lineLength - 1] == HttpConstants.CR;
            lineLength -= hasReturn ? 1 : 0;
            line();
            lineLength = 0;
        }
    }

    private void line() {
        switch (part) {
            case STATUS -> status();
            case HEADERS -> header();
            case CHUNK_SIZE -> chunkSize();
            case CHUNK_END -> {
                require(lineLength == 0, "a chunk is longer than its size");
                part = Part.CHUNK_SIZE;
            }
            case TRAILERS -> {
                if (lineLength == 0) {
                    end();
                }
            }
            case BODY, CHUNK -> throw new IllegalStateException("no line");
        }
    }

    /** As in {@code HTTP/1.1 200 OK}; the words at the end may be missing. */
    private void status() {
        require(startsWith("http/1.") && lineLength >= 12 && line[8] == ' ', "no status line");
        require(lineLength == 12 || line[12] == ' ', "no status of three digits");
        status = (int) number(9, 12, 10);
        require(status >= 100, "no status of three digits");
        length = -1;
        isChunked = false;
        part = Part.HEADERS;
    }

    private void header() {
        if (lineLength == 0) {
            body();
        } else if (startsWith(LENGTH)) {
            long told = number(LENGTH.length(), lineLength, 10);
            require(length < 0 || told == length, "two lengths");
            length = told;
        } else if (startsWith(CODING)) {
            require(value(CODING.length(), lineLength).equalsIgnoreCase("chunked"), "a coding other than chunked");
            isChunked = true;
        }
    }

    /** The head is over. */
    private void body() {
        if (status < 200) {
            part = Part.STATUS;
        } else if (status == 204 || status == 304) {
            end();
        } else if (isChunked) {
            part = Part.CHUNK_SIZE;
        } else {
            require(length >= 0, "an answer without a length");
            toSkip = length;
            part = Part.BODY;
            if (length == 0) {
                end();
            }
        }
    }

    private void chunkSize() {
        int end = 0;
        while (end < lineLength && line[end] != ';') {
            end++;
        }
        toSkip = number(0, end, 16);
        part = toSkip == 0 ? Part.TRAILERS : Part.CHUNK;
    }

    private void end() {
        part = Part.STATUS;
        answered.accept(status);
    }

    /** Whether the line begins with this, which is in lower case. */
    private boolean startsWith(String start) {
        if (lineLength < start.length()) {
            return false;
        }
        for (int i = 0; i < start.length(); i++) {
            int letter = line[i] >= 'A' && line[i] <= 'Z' ? line[i] + ('a' - 'A') : line[i];
            if (letter != start.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private long number(int from, int end, int radix) {
        String digits = value(from, end);
        long number = 0;
        require(!digits.isEmpty() && digits.length() <= 15, "a number of no or too many digits");
        for (int i = 0; i < digits.length(); i++) {
            int digit = Character.digit(digits.charAt(i), radix);
            require(digit >= 0, "no number");
            number = number * radix + digit;
        }
        return number;
    }

    private String value(int from, int end) {
        return new String(line, from, end - from, ISO_8859_1).trim();
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalArgumentException(what + ": " + value(0, Math.min(lineLength, 80)));
        }
    }
}
