package dev.millrace.cli.doctor;

import java.util.List;

/**
 * What a check found.
 *
 * @param check what was looked at, in a word or two
 * @param text what was seen, in a line
 * @param fixes what to change, one for each program that may be concerned
 */
public record Finding(String check, Verdict verdict, String text, List<Fix> fixes) {
    static Finding ok(String check, String text) {
        return new Finding(check, Verdict.OK, text, List.of());
    }

    static Finding skip(String check, String text) {
        return new Finding(check, Verdict.SKIP, text, List.of());
    }

    static Finding warn(String check, String text, List<Fix> fixes) {
        return new Finding(check, Verdict.WARN, text, fixes);
    }

    static Finding fail(String check, String text, List<Fix> fixes) {
        return new Finding(check, Verdict.FAIL, text, fixes);
    }
}
