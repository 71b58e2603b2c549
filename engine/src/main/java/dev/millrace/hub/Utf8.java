package dev.millrace.hub;

/** Counts what a text takes in UTF-8, without encoding it. */
final class Utf8 {
    private Utf8() {}

    /** Whether it takes no more bytes than this. */
    static boolean fits(String text, int maxBytes) {
        return text.length() <= maxBytes / 3 || length(text) <= maxBytes;
    }

    /** The number of bytes; a lone surrogate counts as the three of its replacement. */
    static long length(String text) {
        long bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                boolean isPair = Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1));
                bytes += isPair || c >= 0x800 ? 2 : 1;
                i += isPair ? 1 : 0;
            }
        }
        return bytes;
    }
}
