package dev.millrace.log;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Where a log that keeps more than its {@link EventWindow} holds the rest: on disk, or on Redis.
 *
 * <p>Thread-safe; never blocks its caller.
 */
public interface Archive {
    /**
     * The next kept events of these channels after one place, up to and including another, oldest first.
     *
     * @param maxEvents about the most events of the page
     * @param maxBytes about the most bytes of the page; the first event is read whatever its size
     */
    CompletionStage<Page> read(ChannelSet channels, Position after, Position until, int maxEvents, long maxBytes);

    /** Where a reader that starts {@code Earliest} or {@code Newest} stands. */
    CompletionStage<Position> locate(ChannelSet channels, Start start);

    /**
     * What was read.
     *
     * @param events the events, oldest first
     * @param through the place up to which nothing else is kept
     * @param gaps what is missing after the place where the page began, as far as the reader was not told before
     */
    record Page(List<Event> events, Position through, List<Gap> gaps) {}
}
