package dev.millrace.cli.doctor;

import java.util.Locale;

/** What a check came to. */
public enum Verdict {
    OK,
    /** It works, and could be better. */
    WARN,
    /** Clients will have trouble. */
    FAIL,
    /** It could not be tried. */
    SKIP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
