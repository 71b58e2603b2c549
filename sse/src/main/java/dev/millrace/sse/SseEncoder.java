package dev.millrace.sse;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The writing half of the wire format: events, comments and reconnection times as the bytes of an event stream.
 *
 * <p>Lines end in LF alone. Data may hold anything: it is split into one {@code data} field per line at CR, LF and CRLF,
 * so a parser gives back the same text with each of these as LF. An unpaired surrogate, which UTF-8 cannot say, is
 * written as U+FFFD. No value can begin a field of its own: an id or a name with a line end is refused.
 *
 * <p>Source: WHATWG HTML, section 9.2.5, "Parsing an event stream". Stateless and thread-safe.
 */
public final class SseEncoder {

    private static final byte[] ID = ascii("id: ");
    private static final byte[] EVENT = ascii("event: ");
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] RETRY = ascii("retry: ");
    private static final byte[] COMMENT = ascii(": ");

    private SseEncoder() {}

    /**
     * The whole event, ready to be sent.
     *
     * @param id the event's id, without CR, LF and NUL; empty for an event that carries none
     * @param name the event's type, without CR, LF and NUL; empty for an unnamed event, which arrives as "message"
     * @param data the event's text; empty text is still an event
     */
    public static byte[] event(String id, String name, String data) {
        byte[] bytes = new byte[size(id, name, data)];
        write(id, name, data, bytes, 0);
        return bytes;
    }

    /** How many bytes {@link #write} writes for the same arguments. */
    public static int size(String id, String name, String data) {
        long size = linesLength(data, DATA.length) + 1;
        if (!id.isEmpty()) {
            size += ID.length + utf8Length(id) + 1;
        }
        if (!name.isEmpty()) {
            size += EVENT.length + utf8Length(name) + 1;
        }
        return Math.toIntExact(size);
    }

    /**
     * Writes the event into {@code target} from {@code offset} on, and returns the index after its last byte.
     *
     * @throws IndexOutOfBoundsException if {@code target} has no room for {@link #size} bytes; part of them may be written
     */
    public static int write(String id, String name, String data, byte[] target, int offset) {
        int at = offset;
        if (!id.isEmpty()) {
            at = writeField("id", ID, id, target, at);
        }
        if (!name.isEmpty()) {
            at = writeField("event name", EVENT, name, target, at);
        }
        at = writeLines(DATA, data, target, at);
        target[at++] = '\n';
        return at;
    }

    /** A comment, which no listener sees and every proxy counts as traffic; a text of several lines becomes several. */
    public static byte[] comment(String text) {
        byte[] bytes = new byte[Math.toIntExact(linesLength(text, COMMENT.length) + 1)];
        int end = writeLines(COMMENT, text, bytes, 0);
        bytes[end] = '\n';
        return bytes;
    }

    /** The reconnection time: how long a listener waits, in milliseconds, before it comes back. */
    public static byte[] retry(long millis) {
        if (millis < 0) {
            throw new IllegalArgumentException("millis must not be negative, but is " + millis);
        }
        return ascii(new String(RETRY, StandardCharsets.US_ASCII) + millis + "\n\n");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The UTF-8 length of {@code text}. */
    private static long utf8Length(String text) {
        int length = text.length();
        long size = length;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                size += extraBytes(text, i, c);
            }
        }
        return size;
    }

    /** The bytes that {@link #writeLines} writes for {@code text} and a prefix of the given length. */
    private static long linesLength(String text, int prefix) {
        int length = text.length();
        long size = (long) prefix + length + 1;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                size += extraBytes(text, i, c);
            } else if (c == '\n') {
                size += prefix;
            } else if (c == '\r') {
                size += endsInCrLf(text, i) ? -1 : prefix;
            }
        }
        return size;
    }

    /** The UTF-8 bytes of the character at {@code i} beyond its first; for each half of a pair, its share of the four. */
    private static int extraBytes(String text, int i, char c) {
        if (c < 0x800) {
            return 1;
        }
        return Character.isSurrogate(c) && isPaired(text, i, c) ? 1 : 2;
    }

    private static boolean isPaired(String text, int i, char c) {
        return Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }

    private static boolean endsInCrLf(String text, int cr) {
        return cr + 1 < text.length() && text.charAt(cr + 1) == '\n';
    }

    private static int writeField(String what, byte[] prefix, String value, byte[] target, int offset) {
        int at = writeBytes(prefix, target, offset);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= '\r' && (c == '\n' || c == '\r' || c == 0)) {
                throw new IllegalArgumentException(what + " must not contain CR, LF or NUL, but has U+000"
                        + Integer.toHexString(c).toUpperCase(Locale.ROOT) + " at index " + i);
            }
            if (c < 0x80) {
                target[at++] = (byte) c;
            } else {
                at = writeBeyondAscii(value, i, c, target, at);
            }
        }
        target[at++] = '\n';
        return at;
    }

    private static int writeLines(byte[] prefix, String text, byte[] target, int offset) {
        int at = writeBytes(prefix, target, offset);
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                at = writeBeyondAscii(text, i, c, target, at);
            } else if (c == '\n' || c == '\r') {
                if (c == '\n' || !endsInCrLf(text, i)) {
                    target[at++] = '\n';
                    at = writeBytes(prefix, target, at);
                }
            } else {
                target[at++] = (byte) c;
            }
        }
        target[at++] = '\n';
        return at;
    }

    private static int writeBytes(byte[] bytes, byte[] target, int at) {
        System.arraycopy(bytes, 0, target, at, bytes.length);
        return at + bytes.length;
    }

    /** Writes a character beyond ASCII; a pair is written whole at its first half, and nothing at its second. */
    private static int writeBeyondAscii(String text, int i, char c, byte[] target, int offset) {
        int at = offset;
        if (c < 0x800) {
            target[at++] = (byte) (0xC0 | (c >> 6));
        } else if (!Character.isSurrogate(c)) {
            target[at++] = (byte) (0xE0 | (c >> 12));
            target[at++] = continuation(c >> 6);
        } else if (!isPaired(text, i, c)) {
            return writeBeyondAscii(text, i, '\uFFFD', target, at);
        } else if (Character.isLowSurrogate(c)) {
            return at;
        } else {
            int codePoint = Character.toCodePoint(c, text.charAt(i + 1));
            target[at++] = (byte) (0xF0 | (codePoint >> 18));
            target[at++] = continuation(codePoint >> 12);
            target[at++] = continuation(codePoint >> 6);
            target[at++] = continuation(codePoint);
            return at;
        }
        target[at++] = continuation(c);
        return at;
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | (bits & 0x3F));
    }
}
