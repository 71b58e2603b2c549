package dev.millrace.log;

/** What a log keeps of one channel: how many events, the oldest of them and the newest. */
public record ChannelSummary(ChannelName channel, long retained, Position first, Position last) {}
