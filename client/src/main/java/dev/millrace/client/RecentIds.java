package dev.millrace.client;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ids of the newest events, each with the connection that brought it: what a later connection brings again is a
 * repetition. One connection may use an id twice, as some servers do. Not thread-safe.
 */
final class RecentIds {

    private static final int KEPT = 1024;

    private final Map<String, Long> connections = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > KEPT;
        }
    };

    /** Notes the id; false where an earlier connection brought it already. */
    boolean isNew(String id, long connection) {
        return connections.computeIfAbsent(id, unknown -> connection) == connection;
    }
}
