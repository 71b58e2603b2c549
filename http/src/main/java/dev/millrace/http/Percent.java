package dev.millrace.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding (RFC 3986, section 2.1), decoded once and strictly: what is malformed, or no UTF-8, is refused. */
public final class Percent {
    private Percent() {}

    /** A part of a path. */
    public static String decodePath(String text) {
        return decode(text, false);
    }

    /** A name or value of a query, where a plus sign is a space. */
    static String decodeQuery(String text) {
        return decode(text, true);
    }

    private static String decode(String text, boolean isForm) {
        if (text.indexOf('%') < 0) {
            return isForm ? text.replace('+', ' ') : text;
        }
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes[length++] = (byte) (digit(text, i + 1) << 4 | digit(text, i + 2));
                i += 2;
            } else {
                bytes[length++] = (byte) (c == '+' && isForm ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Problem.badRequest("the address holds percent-encoded bytes that are not UTF-8");
        }
    }

    private static int digit(String text, int index) {
        int digit = index < text.length() ? Character.digit(text.charAt(index), 16) : -1;
        if (digit < 0) {
            throw Problem.badRequest(
                    "in the address, % must be followed by two hexadecimal digits; write %25 for itself");
        }
        return digit;
    }
}
