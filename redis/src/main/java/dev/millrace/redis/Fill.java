package dev.millrace.redis;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.util.List;

/**
 * What a node reads from Redis to fill a hole in what it has heard.
 *
 * @param after where it begins
 * @param through how far it reaches
 * @param events those that are there, in order
 * @param missing those that are no longer, in order
 * @param newest what Redis had come to
 * @param isBeyond whether the hole begins before what can be read in order: then there is nothing but {@code through}
 */
record Fill(
        Position after,
        Position through,
        List<Event> events,
        List<Missing> missing,
        Position newest,
        boolean isBeyond) {
    /** An event that is no longer kept. */
    record Missing(ChannelName channel, long offset) {}
}
