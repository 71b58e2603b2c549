package dev.millrace.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Texts of any kind as the lines of one message: LF, CR and {@code \} are escaped in each. */
final class Lines {
    private Lines() {}

    static byte[] of(List<String> texts) {
        StringBuilder lines = new StringBuilder();
        for (String text : texts) {
            lines.append(lines.isEmpty() ? "" : "\n").append(escaped(text));
        }
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    static List<String> parse(byte[] message) {
        List<String> texts = new ArrayList<>();
        for (String line : new String(message, StandardCharsets.UTF_8).split("\n", -1)) {
            texts.add(unescaped(line));
        }
        return texts;
    }

    static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }

    static String unescaped(String text) {
        return text.indexOf('\\') < 0 ? text : text.translateEscapes();
    }
}
