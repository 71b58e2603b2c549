package dev.millrace.log;

/** Where a reader begins. */
public sealed interface Start {
    /** After this place. */
    record After(Position position) implements Start {}

    /** Before the oldest kept event of the reader's channels. */
    record Earliest() implements Start {}

    /** After the newest event: only what comes. */
    record Latest() implements Start {}

    /** Before the newest {@code count} kept events of the reader's channels together. */
    record Newest(int count) implements Start {
        public Newest {
            if (count < 0) {
                throw new IllegalArgumentException("count must not be negative");
            }
        }
    }
}
