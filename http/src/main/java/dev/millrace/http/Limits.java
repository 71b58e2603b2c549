package dev.millrace.http;

/** Limits of bodies that follow from other limits. */
public final class Limits {
    private Limits() {}

    /** The most bytes of a JSON object around an event: each byte of its data may be written as an escape of six. */
    public static long jsonBytes(int maxEventBytes) {
        return 6L * maxEventBytes + 8 * 1024;
    }
}
