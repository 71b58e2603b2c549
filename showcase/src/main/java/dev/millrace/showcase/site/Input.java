package dev.millrace.showcase.site;

import dev.millrace.log.ChannelName;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.server.ResponseStatusException;

/** What requests bring, checked: the mistakes of callers become 400 and say what to change. */
public final class Input {
    private Input() {}

    /** A text that must be there. */
    public static String text(String name, @Nullable String value, int maxLength) {
        if (value == null || value.isBlank()) {
            throw bad(name + " is missing");
        }
        return atMost(name, value, maxLength);
    }

    /** A text that may be left out. */
    public static String text(String name, @Nullable String value, int maxLength, String otherwise) {
        return value == null || value.isBlank() ? otherwise : atMost(name, value, maxLength);
    }

    /** A word out of which a channel's name is made. */
    public static String word(String name, @Nullable String value, int maxLength) {
        String word = text(name, value, maxLength);
        try {
            ChannelName.of(word);
        } catch (IllegalArgumentException e) {
            throw new ResponseStatusException(
                    HttpStatus.BAD_REQUEST, name + " may hold letters, digits and _-.:/@~=+ only", e);
        }
        return word;
    }

    /** Counted as the pages' forms and H2 count, in UTF-16 units; PostgreSQL counts code points, which are no more. */
    private static String atMost(String name, String value, int maxLength) {
        if (value.length() > maxLength) {
            throw bad(name + " must have at most " + maxLength + " characters");
        }
        if (value.codePoints().anyMatch(Input::isNoText)) {
            throw bad(name + " must not hold U+0000 or half of a character");
        }
        return value;
    }

    /** What JSON can say, and a text in PostgreSQL or in UTF-8 can't. */
    private static boolean isNoText(int codePoint) {
        return codePoint == 0 || (Character.isBmpCodePoint(codePoint) && Character.isSurrogate((char) codePoint));
    }

    private static ResponseStatusException bad(String detail) {
        return new ResponseStatusException(HttpStatus.BAD_REQUEST, detail);
    }
}
