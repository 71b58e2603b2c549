package dev.millrace.sse;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * UTF-8 as the WHATWG Encoding standard decodes it. The JDK agrees on every valid text and differs on some invalid one
 * (it makes one U+FFFD of an encoded surrogate where the standard has three), so what it marks as invalid is decoded
 * once more, here.
 */
final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    static String decode(byte[] bytes, int start, int end) {
        String text = new String(bytes, start, end - start, UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeInvalid(bytes, start, end);
    }

    private static String decodeInvalid(byte[] bytes, int start, int end) {
        StringBuilder text = new StringBuilder(end - start);
        int at = start;
        while (at < end) {
            int lead = bytes[at++] & 0xFF;
            int needed = continuations(lead);
            if (needed <= 0) {
                text.append(needed == 0 ? (char) lead : REPLACEMENT);
                continue;
            }
            int codePoint = lead & (0x3F >> needed);
            int low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
            int high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
            while (needed > 0 && at < end && (bytes[at] & 0xFF) >= low && (bytes[at] & 0xFF) <= high) {
                codePoint = codePoint << 6 | (bytes[at++] & 0x3F);
                low = 0x80;
                high = 0xBF;
                needed--;
            }
            text.appendCodePoint(needed == 0 ? codePoint : REPLACEMENT);
        }
        return text.toString();
    }

    /** How many bytes follow this one in its character; -1 where none can begin with it. */
    private static int continuations(int lead) {
        if (lead < 0x80) {
            return 0;
        }
        if (lead < 0xC2 || lead > 0xF4) {
            return -1;
        }
        return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    }
}
