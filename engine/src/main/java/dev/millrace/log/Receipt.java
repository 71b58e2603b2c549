package dev.millrace.log;

/**
 * What the log answers to one publication.
 *
 * @param position its place; of one that is not kept, the newest place
 * @param isRepeat whether its idempotency key was known, so that nothing was placed and the position is the first one's
 */
public record Receipt(Position position, boolean isRepeat) {}
