package dev.millrace.log;

import java.util.Optional;

/**
 * Events of a channel that a reader will never get, because they are no longer kept.
 *
 * @param channel the channel, or the pattern where the channels can't be known; empty for lost broadcasts
 * @param after the place that the reader had reached; empty where that is of another epoch
 * @param resumedAt the place after which nothing is missing
 */
public record Gap(Optional<String> channel, Optional<Position> after, Position resumedAt) {}
