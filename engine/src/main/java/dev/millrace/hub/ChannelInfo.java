package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSummary;
import java.util.Optional;

/**
 * A channel as an operator sees it.
 *
 * @param subscribers how many streams of this node get its events
 * @param kept what the log holds of it; empty where that is nothing
 */
public record ChannelInfo(ChannelName channel, int subscribers, Optional<ChannelSummary> kept) {}
