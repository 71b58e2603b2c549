package dev.millrace.http;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;

/** The rules for names in requests that only the hub's HTTP interface has. */
public final class Names {
    private Names() {}

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
