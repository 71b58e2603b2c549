package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.Optional;

/**
 * The reading half of the wire format: takes the bytes of one event stream in chunks of any size and tells a handler
 * what they say. An event is told as soon as the line end that dispatches it is there; what stands after the last such
 * line end when the stream breaks is never told, and its id is not used.
 *
 * <p>It buffers one unfinished event and no more than the limit. One parser reads one connection; the next takes over
 * with {@link #lastEventId()}. Not thread-safe.
 *
 * <p>Source: WHATWG HTML, sections 9.2.5 and 9.2.6.
 */
public final class SseParser {

    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final byte[] DATA = "data".getBytes(US_ASCII);
    private static final byte[] EVENT = "event".getBytes(US_ASCII);
    private static final byte[] ID = "id".getBytes(US_ASCII);
    private static final byte[] RETRY = "retry".getBytes(US_ASCII);

    private final SseHandler handler;
    private final int limit;

    private final ByteBuilder line = new ByteBuilder();
    private final ByteBuilder data = new ByteBuilder();
    private boolean hasData;
    private String name = "";
    private Optional<String> id = Optional.empty();
    private String lastEventId;

    /** How many bytes of the byte order mark have come; -1 once the begin of the stream is over. */
    private int bomBytes;

    /** The last byte was a CR, which has ended its line; an LF now belongs to it. */
    private boolean afterCr;

    /**
     * A parser at the begin of a stream.
     *
     * @param lastEventId the last event ID so far, empty for none
     * @param limit the most bytes of one event, at least 1
     */
    public SseParser(String lastEventId, int limit, SseHandler handler) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1 byte, but is " + limit);
        }
        this.lastEventId = lastEventId;
        this.limit = limit;
        this.handler = handler;
    }

    /** The last event ID: the one a reconnect sends in {@code Last-Event-ID}, unless it is empty. */
    public String lastEventId() {
        return lastEventId;
    }

    /**
     * Takes the next bytes of the stream.
     *
     * @throws EventTooLargeException if an event grows beyond the limit; the parser can't go on then
     */
    public void parse(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = bomBytes < 0 ? offset : skipBom(bytes, offset, end);
        if (at < end && afterCr) {
            afterCr = false;
            at += bytes[at] == '\n' ? 1 : 0;
        }
        int start = at;
        while (at < end) {
            byte b = bytes[at++];
            if (b == '\n' || b == '\r') {
                endLine(bytes, start, at - 1);
                if (b == '\r') {
                    if (at == end) {
                        afterCr = true;
                    } else if (bytes[at] == '\n') {
                        at++;
                    }
                }
                start = at;
            }
        }
        if (start < end) {
            reserve(end - start);
            line.append(bytes, start, end);
        }
    }

    /** Drops one leading byte order mark; bytes that only began like one are the begin of the first line. */
    private int skipBom(byte[] bytes, int offset, int end) {
        int at = offset;
        while (at < end && bytes[at] == BOM[bomBytes]) {
            at++;
            if (++bomBytes == BOM.length) {
                bomBytes = -1;
                return at;
            }
        }
        if (at < end) {
            line.append(BOM, 0, bomBytes);
            bomBytes = -1;
        }
        return at;
    }

    private void endLine(byte[] bytes, int start, int end) {
        reserve(end - start);
        if (line.length == 0) {
            interpret(bytes, start, end);
        } else {
            line.append(bytes, start, end);
            interpret(line.bytes, 0, line.length);
            line.length = 0;
        }
    }

    private void reserve(int more) {
        if ((long) data.length + line.length + more > limit) {
            throw new EventTooLargeException(limit);
        }
    }

    private void interpret(byte[] bytes, int start, int end) {
        if (start == end) {
            dispatch();
            return;
        }
        int colon = start;
        while (colon < end && bytes[colon] != ':') {
            colon++;
        }
        int value = Math.min(colon + 1, end);
        if (value < end && bytes[value] == ' ') {
            value++;
        }
        if (colon == start) {
            handler.comment(Utf8.decode(bytes, value, end));
        } else if (is(DATA, bytes, start, colon)) {
            if (hasData) {
                data.append('\n');
            }
            data.append(bytes, value, end);
            hasData = true;
        } else if (is(EVENT, bytes, start, colon)) {
            name = Utf8.decode(bytes, value, end);
        } else if (is(ID, bytes, start, colon)) {
            String text = Utf8.decode(bytes, value, end);
            if (text.indexOf('\0') < 0) {
                id = Optional.of(text);
            }
        } else if (is(RETRY, bytes, start, colon)) {
            retry(bytes, value, end);
        }
    }

    private static boolean is(byte[] field, byte[] bytes, int start, int end) {
        return Arrays.equals(field, 0, field.length, bytes, start, end);
    }

    private void retry(byte[] bytes, int start, int end) {
        long millis = 0;
        for (int i = start; i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9) {
                return;
            }
            millis = millis > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : millis * 10 + digit;
        }
        if (start < end) {
            handler.retry(millis);
        }
    }

    private void dispatch() {
        lastEventId = id.orElse(lastEventId);
        SseEvent event = hasData
                ? new SseEvent(
                        id, name.isEmpty() ? "message" : name, Utf8.decode(data.bytes, 0, data.length), lastEventId)
                : null;
        boolean moved = id.isPresent();
        hasData = false;
        data.length = 0;
        name = "";
        id = Optional.empty();
        if (event != null) {
            handler.event(event);
        } else if (moved) {
            handler.lastEventId(lastEventId);
        }
    }

    /** Bytes that grow. */
    private static final class ByteBuilder {
        byte[] bytes = new byte[256];
        int length;

        void append(byte[] source, int start, int end) {
            reserve(end - start);
            System.arraycopy(source, start, bytes, length, end - start);
            length += end - start;
        }

        void append(char ascii) {
            reserve(1);
            bytes[length++] = (byte) ascii;
        }

        private void reserve(int more) {
            if (bytes.length - length < more) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
            }
        }
    }
}
