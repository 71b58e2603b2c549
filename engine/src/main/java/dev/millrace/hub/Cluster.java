package dev.millrace.hub;

/**
 * Figures of all nodes of a hub together.
 *
 * @param nodes how many there are
 * @param connections their open streams
 * @param published events that they have placed in the log, each since its start
 * @param delivered events that they have written to streams
 */
public record Cluster(int nodes, long connections, long published, long delivered) {}
