package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.EventLog;
import dev.millrace.log.ForwardingLog;
import dev.millrace.log.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A log that hears a channel when the test says so, and counts who wants it. */
final class HearingLog extends ForwardingLog {
    private final Map<String, Integer> wanted = new TreeMap<>();
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private boolean isDeaf;

    HearingLog(EventLog log) {
        super(log);
    }

    /** What is asked for from now on is not heard. */
    void deafen() {
        isDeaf = true;
    }

    /** It has taken too long: who waits goes on, unheard. */
    void giveUp() {
        List<CompletableFuture<Void>> over = List.copyOf(waiting);
        waiting.clear();
        over.forEach(future -> future.complete(null));
    }

    /** All that is asked for is heard. */
    void heal() {
        isDeaf = false;
        giveUp();
    }

    /** How many want each channel or pattern, where any do. */
    Map<String, Integer> wanted() {
        return wanted;
    }

    @Override
    public CompletionStage<Void> hear(ChannelSet channels) {
        channels.entries().forEach(entry -> wanted.merge(entry, 1, Integer::sum));
        CompletableFuture<Void> heard = new CompletableFuture<>();
        if (isDeaf) {
            waiting.add(heard);
        } else {
            heard.complete(null);
        }
        return heard;
    }

    @Override
    public void leave(ChannelSet channels) {
        for (String entry : channels.entries()) {
            if (wanted.merge(entry, -1, Integer::sum) == 0) {
                wanted.remove(entry);
            }
        }
    }

    @Override
    public boolean hears(ChannelSet channels, Position after) {
        return !isDeaf;
    }
}
