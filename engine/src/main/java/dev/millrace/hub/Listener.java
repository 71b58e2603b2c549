package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import java.util.Optional;

/**
 * Who listens: one open stream, as presence tells of it.
 *
 * @param clientId the stream's name, which lets its holder steer it: show it to nobody else
 * @param user whose it is, where known
 * @param channels what it listens to
 * @param connectedAtMillis since when, in milliseconds since 1970
 */
public record Listener(String clientId, Optional<String> user, ChannelSet channels, long connectedAtMillis) {}
