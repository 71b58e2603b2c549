package dev.millrace.server;

import java.util.Map;
import java.util.OptionalInt;

/**
 * The listening socket that systemd hands to a process that it starts. systemd keeps it too, so that while the hub restarts
 * connections wait instead of being refused.
 *
 * <p>Source: sd_listen_fds(3).
 */
final class GivenSocket {
    private static final int FIRST = 3;

    private GivenSocket() {}

    /**
     * The socket's descriptor; empty where none was handed to this process.
     *
     * @throws SettingException where there are several
     */
    static OptionalInt in(Map<String, String> environment, long pid) {
        if (!Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return OptionalInt.empty();
        }
        String count = environment.getOrDefault("LISTEN_FDS", "0");
        return switch (count) {
            case "0" -> OptionalInt.empty();
            case "1" -> OptionalInt.of(FIRST);
            default ->
                throw new SettingException(
                        "LISTEN_FDS: the hub takes one socket, and got " + count + ": leave one ListenStream=");
        };
    }
}
