package dev.millrace.cli;

import tools.jackson.databind.JsonNode;

/**
 * What {@code /stats} tells.
 *
 * @param atNanos when it was asked, on a clock that never goes back
 * @param nodes how many hubs there are together; 0 where there is one alone
 * @param allConnections the open streams of all of them
 */
record Figures(
        long atNanos,
        long connections,
        long maxConnections,
        long averageAgeMillis,
        long channels,
        long published,
        long delivered,
        long dropped,
        long gaps,
        long lagging,
        long uptimeMillis,
        long nodes,
        long allConnections) {
    static Figures of(JsonNode stats, long atNanos) {
        JsonNode cluster = stats.path("cluster");
        long nodes = cluster.path("nodes").asLong(0);
        return new Figures(
                atNanos,
                stats.path("totalConnections").asLong(0),
                stats.path("maxConnections").asLong(0),
                stats.path("averageAge").asLong(0),
                stats.path("channels").asLong(0),
                stats.path("published").asLong(0),
                stats.path("delivered").asLong(0),
                stats.path("dropped").asLong(0),
                stats.path("gaps").asLong(0),
                stats.path("lagging").asLong(0),
                stats.path("uptime").asLong(0),
                nodes,
                cluster.path("totalConnections").asLong(0));
    }

    /** Events that came in, a second since the earlier look. */
    double inRate(Figures earlier) {
        return rate(published - earlier.published, earlier);
    }

    /** Events that went out, a second since the earlier look. */
    double outRate(Figures earlier) {
        return rate(delivered - earlier.delivered, earlier);
    }

    /** A hub that was started anew meanwhile counts from 0. */
    private double rate(long more, Figures earlier) {
        long nanos = atNanos - earlier.atNanos;
        return nanos <= 0 || more < 0 ? 0 : more * 1e9 / nanos;
    }
}
