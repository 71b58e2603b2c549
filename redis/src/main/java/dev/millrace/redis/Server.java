package dev.millrace.redis;

import java.util.HashMap;
import java.util.Map;

/**
 * The Redis server at the other end of a connection.
 *
 * @param run what names this one run of its process; empty where it does not tell
 * @param isReplica whether it follows another, and takes no writes
 * @param wasReplica whether it may have followed another before it became what it is
 * @param evicts whether it drops keys when its memory is full
 */
record Server(String run, boolean isReplica, boolean wasReplica, boolean evicts) {
    private static final int OLDEST_MAJOR = 6;
    private static final int OLDEST_MINOR = 2;

    /** A server of which nothing is known, because it may not be asked. */
    static final Server UNKNOWN = new Server("", false, false, false);

    /**
     * What the answer to {@code INFO} tells.
     *
     * @throws IllegalStateException if it is too old
     */
    static Server of(String info) {
        Map<String, String> lines = new HashMap<>();
        for (String line : info.split("\r?\n", -1)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                lines.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        requireVersion(lines.getOrDefault("redis_version", ""));
        return new Server(
                lines.getOrDefault("run_id", ""),
                lines.getOrDefault("role", "master").equals("slave"),
                !lines.getOrDefault("second_repl_offset", "-1").equals("-1"),
                lines.getOrDefault("maxmemory_policy", "").startsWith("allkeys")
                        && !lines.getOrDefault("maxmemory", "0").equals("0"));
    }

    private static void requireVersion(String version) {
        String[] numbers = version.split("\\.", 3);
        if (numbers.length > 1 && numbers[0].matches("\\d{1,4}") && numbers[1].matches("\\d{1,4}")) {
            int major = Integer.parseInt(numbers[0]);
            int minor = Integer.parseInt(numbers[1]);
            if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR)) {
                throw new IllegalStateException("Redis " + version + " is too old: 6.2 or newer is needed");
            }
        }
    }
}
