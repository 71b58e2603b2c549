package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A bounded number of events of a log, read with a cursor as a listener reads.
 *
 * @param events in order
 * @param isGap whether some of what was asked for is no longer kept
 */
public record LogPage(List<Event> events, boolean isGap) {
    private static final long PATIENCE_MILLIS = 1900; // a history that is elsewhere may be away

    /**
     * What is asked for.
     *
     * @param until the last place that is read
     * @param maxBytes about the most that the events may take; the first one is read whatever its size
     */
    public record Request(ChannelSet channels, Start start, Position until, int maxEvents, long maxBytes) {}

    /**
     * Reads a page; fails with {@link LogUnavailableException} where the history is away.
     *
     * @param executor runs one task after another
     */
    public static CompletionStage<LogPage> read(EventLog log, Request request, Executor executor) {
        return new Reading(request).in(log, executor);
    }

    /** A page that is being read; on the executor only. */
    private static final class Reading {
        private final Request request;
        private final List<Event> events = new ArrayList<>();
        private final CompletableFuture<LogPage> page = new CompletableFuture<>();
        private boolean isGap;
        private long bytes;

        Reading(Request request) {
            this.request = request;
        }

        CompletableFuture<LogPage> in(EventLog log, Executor executor) {
            CompletableFuture<Cursor> opened = new CompletableFuture<>();
            log.open(request.channels(), request.start(), () -> executor.execute(() -> opened.thenAccept(this::poll)))
                    .whenCompleteAsync(
                            (cursor, failure) -> {
                                if (failure == null) {
                                    opened.complete(cursor);
                                    poll(cursor);
                                } else {
                                    page.completeExceptionally(failure);
                                }
                            },
                            executor);
            CompletableFuture.delayedExecutor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS, executor)
                    .execute(() -> page.completeExceptionally(
                            new LogUnavailableException("the history can't be read at present: come back later")));
            return page;
        }

        private void poll(Cursor cursor) {
            try {
                read(cursor);
            } catch (Throwable e) {
                page.completeExceptionally(e);
            }
        }

        private void read(Cursor cursor) {
            while (!page.isDone()) {
                int before = events.size();
                Cursor.State state =
                        cursor.poll(request.until(), request.maxEvents() - before, request.maxBytes() - bytes, events);
                isGap |= !cursor.takeGaps().isEmpty();
                for (Event event : events.subList(before, events.size())) {
                    bytes += event.footprint();
                }
                boolean isFull = events.size() >= request.maxEvents() || bytes >= request.maxBytes();
                if (state == Cursor.State.LOADING) {
                    return; // called again when it is there
                } else if (state == Cursor.State.IDLE || isFull) {
                    int count = Math.min(events.size(), request.maxEvents());
                    page.complete(new LogPage(List.copyOf(events.subList(0, count)), isGap));
                }
            }
        }
    }
}
