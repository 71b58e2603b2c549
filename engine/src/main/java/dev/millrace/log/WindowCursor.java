package dev.millrace.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A cursor on an {@link EventWindow}, which reads on in an {@link Archive} where the window has dropped what comes next.
 *
 * <p>Each poll looks for losses first, then reads. What the window has lost after the place where the cursor stands is a gap;
 * with an archive it is the reason to read a page from there, and the gaps are those of the page. A gap is announced once:
 * {@code announced} remembers through which offset, for each entry of the channel set.
 */
final class WindowCursor implements Cursor {
    private final EventWindow window;
    private final @Nullable Archive archive;
    private final Runnable ready;
    private @Nullable ChannelSet channels; // null: every channel, the hub's own included
    private Position position;
    private boolean isForeign; // it began at a place that this life of the log does not know
    private long shared; // through which offset that life and this are the same
    private boolean isForgiving; // what is lost by now was never asked for
    private long seenLosses = -1;
    private final Map<String, Long> announced = new HashMap<>(0);
    private List<Gap> gaps = List.of();
    private @Nullable CompletableFuture<Archive.Page> loading;

    WindowCursor(
            EventWindow window,
            @Nullable ChannelSet channels,
            Position after,
            @Nullable Archive archive,
            Runnable ready,
            boolean isForgiving) {
        this.window = window;
        this.channels = channels;
        this.position = after;
        this.archive = archive;
        this.ready = ready;
        this.isForgiving = isForgiving;
        window.lock();
        try {
            if (after.epoch() != window.epoch() || after.offset() > window.lastOffset()) {
                beginAnew();
            } else if (isForgiving && archive == null) {
                announced.putAll(window.losses(channels, after.offset()));
            }
        } finally {
            window.unlock();
        }
    }

    @Override
    public State poll(Position until, int maxEvents, long maxBytes, List<? super Event> to) {
        if (loading != null) {
            return loading.isDone() ? deliverPage(loading, to) : State.LOADING;
        }
        window.lock();
        try {
            if (position.epoch() != window.epoch()) {
                beginAnew();
            }
            if (until.epoch() < window.epoch()) {
                return State.IDLE;
            }
            long end = until.epoch() > window.epoch()
                    ? window.lastOffset()
                    : Math.min(until.offset(), window.lastOffset());
            if (archive != null && !isForeign && position.offset() >= end) {
                return State.IDLE; // nothing after the limit is asked for yet
            }
            if (isForeign || window.lossCount() != seenLosses || !window.hears(channels, position.offset())) {
                Map<String, Long> losses = window.losses(channels, position.offset());
                if (archive != null && (isForeign || !losses.isEmpty())) {
                    return load(archive, end, maxEvents, maxBytes);
                }
                seenLosses = window.lossCount();
                isForgiving = false; // nothing is lost yet of what was asked for
                announce(losses);
            }
            if (position.offset() >= end) {
                return State.IDLE;
            }
            position = position.at(window.read(channels, position.offset(), end, maxEvents, maxBytes, to));
            return State.DELIVERED;
        } finally {
            window.unlock();
        }
    }

    private void beginAnew() {
        shared = window.sharedThrough(position.epoch());
        position = new Position(window.epoch(), Math.min(position.offset(), shared));
        isForeign = true;
        announced.clear();
        seenLosses = -1;
    }

    private State load(Archive from, long end, int maxEvents, long maxBytes) {
        ChannelSet set = channels == null ? ChannelSet.of("*") : channels;
        loading =
                from.read(set, position, position.at(end), maxEvents, maxBytes).toCompletableFuture();
        if (loading.isDone()) {
            return State.DELIVERED; // the next poll takes the page
        }
        loading.whenComplete((page, failure) -> ready.run());
        return State.LOADING;
    }

    private State deliverPage(CompletableFuture<Archive.Page> done, List<? super Event> to) {
        loading = null;
        Archive.Page page = done.join();
        Map<String, Long> losses = new HashMap<>();
        for (Gap gap : page.gaps()) {
            losses.put(
                    gap.channel().orElse(ChannelName.ALL.value()),
                    gap.resumedAt().offset());
        }
        if (isForgiving) {
            announced.putAll(losses);
            isForgiving = false;
        }
        if (page.through().epoch() != position.epoch()) {
            return State.DELIVERED; // the log began anew meanwhile: the next poll sees it
        }
        announce(losses);
        to.addAll(page.events());
        position = page.through();
        return State.DELIVERED;
    }

    /** Turns losses that the reader was not told of into gaps. */
    private void announce(Map<String, Long> losses) {
        Map<String, Long> news = isForeign ? everyEntry(losses) : losses;
        Optional<Position> after = isForeign ? Optional.empty() : Optional.of(position);
        isForeign = false;
        List<Gap> found = new ArrayList<>(gaps);
        news.forEach((entry, through) -> {
            if (announced.getOrDefault(entry, -1L) < through) {
                announced.put(entry, through);
                found.add(new Gap(
                        entry.equals(ChannelName.ALL.value()) ? Optional.empty() : Optional.of(entry),
                        after,
                        position.at(through)));
            }
        });
        gaps = found;
    }

    /** Every entry of the set with the offset through which it is lost; at the least where the two lives part. */
    private Map<String, Long> everyEntry(Map<String, Long> losses) {
        Map<String, Long> all = new HashMap<>();
        if (channels == null || channels.hasBroadcasts()) {
            all.put(ChannelName.ALL.value(), through(losses, ChannelName.ALL));
        }
        if (channels != null) {
            channels.names().forEach(name -> all.put(name.value(), through(losses, name)));
            for (String prefix : channels.prefixes()) {
                long through = losses.entrySet().stream()
                        .filter(loss -> loss.getKey().startsWith(prefix))
                        .mapToLong(Map.Entry::getValue)
                        .max()
                        .orElse(0);
                all.put(prefix + "*", Math.max(through, shared));
            }
        }
        return all;
    }

    private long through(Map<String, Long> losses, ChannelName name) {
        return Math.max(losses.getOrDefault(name.value(), 0L), shared);
    }

    @Override
    public Position position() {
        return position;
    }

    @Override
    public List<Gap> takeGaps() {
        List<Gap> taken = gaps;
        gaps = List.of();
        return taken;
    }

    @Override
    public void channels(ChannelSet next) {
        channels = next;
        seenLosses = -1;
        loading = null; // a page of the old channels; ready is called all the same
    }
}
