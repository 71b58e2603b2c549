package dev.millrace.http;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import java.util.Optional;
import java.util.Set;

/** The rules for names in requests that only the hub's HTTP interface has. */
public final class Names {
    private static final Set<String> RESERVED = Set.of(
            "connected", "subscribed", "unsubscribed", "gap", "expired", "closing", "heartbeat", "open", "error");

    private Names() {}

    /** The name that a publisher gave to an event, empty for none; refuses those of the hub's own events. */
    static String event(Optional<String> name) {
        if (name.isPresent() && RESERVED.contains(name.get())) {
            throw Problem.badRequest("event must not be " + name.get()
                    + ": the hub or EventSource uses that name itself; choose another");
        }
        return name.orElse("");
    }

    /** A name or pattern to listen to; the hub's own figures only where they are published. */
    public static String listened(String entry, boolean hasSystemMetrics) {
        ChannelSet.requireValid(entry);
        if (entry.equals(ChannelName.SYSTEM.value()) && !hasSystemMetrics) {
            throw Problem.badRequest("there is no $system here: start the hub with --system-metrics");
        }
        return entry;
    }

    /** A channel to look at: one that can be published on, or the hub's own figures. */
    static ChannelName looked(String name) {
        return name.equals(ChannelName.SYSTEM.value()) ? ChannelName.SYSTEM : ChannelName.of(name);
    }
}
