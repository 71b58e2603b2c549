package dev.millrace.redis;

import dev.millrace.log.ChannelSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which channels the readers of this node want to hear, counted; those with a pattern want all. Not thread-safe.
 *
 * <p>What nobody wants any more stays for a while, for clients that come back.
 */
final class Wants {
    /** The entry for all channels. */
    static final String ALL = "*";

    private static final class Want {
        int readers;
        long idleSinceMillis;
    }

    private final long lingerMillis;
    private final Map<String, Want> wants = new HashMap<>();
    private final Set<String> idle = new LinkedHashSet<>(); // the longest idle first

    Wants(long lingerMillis) {
        this.lingerMillis = lingerMillis;
    }

    private static List<String> entries(ChannelSet channels) {
        List<String> entries = new ArrayList<>();
        channels.names().stream().filter(name -> !name.isReserved()).forEach(name -> entries.add(name.value()));
        if (!channels.prefixes().isEmpty()) {
            entries.add(ALL);
        }
        return entries;
    }

    /** Counts a reader; answers which entries were not there. */
    List<String> add(ChannelSet channels) {
        List<String> fresh = new ArrayList<>();
        for (String entry : entries(channels)) {
            Want want = wants.computeIfAbsent(entry, absent -> {
                fresh.add(absent);
                return new Want();
            });
            if (want.readers++ == 0) {
                idle.remove(entry);
            }
        }
        return fresh;
    }

    /** Takes a reader away. */
    void remove(ChannelSet channels, long nowMillis) {
        for (String entry : entries(channels)) {
            Want want = wants.get(entry);
            if (want != null && --want.readers == 0) {
                want.idleSinceMillis = nowMillis;
                idle.add(entry);
            }
        }
    }

    /** Forgets what nobody has wanted for a while, and answers with it. */
    List<String> expire(long nowMillis) {
        List<String> expired = new ArrayList<>();
        for (String entry : idle) {
            Want want = wants.get(entry);
            if (want != null && nowMillis - want.idleSinceMillis < lingerMillis) {
                break;
            }
            expired.add(entry);
        }
        expired.forEach(entry -> {
            idle.remove(entry);
            wants.remove(entry);
        });
        return expired;
    }

    /** Those entries that are still wanted. */
    Set<String> those(Set<String> entries) {
        Set<String> wanted = new LinkedHashSet<>(entries);
        wanted.retainAll(wants.keySet());
        return wanted;
    }

    boolean areAll() {
        return wants.containsKey(ALL);
    }

    /** All entries that are wanted, but for that for all. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(wants.keySet());
        names.remove(ALL);
        return names;
    }
}
