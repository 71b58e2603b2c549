package dev.millrace.client;

/**
 * An event to publish.
 *
 * @param channel where to
 * @param name its type; empty for an unnamed event, which arrives as "message"
 * @param data its text
 */
public record Publication(String channel, String name, String data) {}
