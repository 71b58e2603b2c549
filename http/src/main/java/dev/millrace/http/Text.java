package dev.millrace.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text out of bodies: UTF-8, and nothing else. */
public final class Text {
    private Text() {}

    /** The text of these bytes; malformed UTF-8 is refused. */
    public static String decode(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) {
            requireValid(bytes); // it stood there, or stands for what is malformed
        }
        return text;
    }

    private static void requireValid(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        } catch (CharacterCodingException e) {
            throw Problem.badRequest("the body must be UTF-8 text; send binary data as base64");
        }
    }

    /** Refuses text that UTF-8 cannot say: half of a surrogate pair, which a JSON escape can smuggle in. */
    static String requireEncodable(String what, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isHighSurrogate(text.charAt(i))
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(++i))) {
                    throw Problem.badRequest(what + " must be valid Unicode, without half a surrogate pair");
                }
            }
        }
        return text;
    }
}
