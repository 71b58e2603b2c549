package dev.millrace.sqlite;

import dev.millrace.log.Archive;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.EventWindow;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The events in the database, for readers that are behind the window. */
final class SqliteArchive implements Archive {
    private static final Executor LATER = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, Runnable::run);

    private final Readers readers;
    private final Writer writer;
    private final Keeper keeper;
    private final Maintenance maintenance;
    private final EventWindow window;

    SqliteArchive(Readers readers, Writer writer, Keeper keeper, Maintenance maintenance, EventWindow window) {
        this.readers = readers;
        this.writer = writer;
        this.keeper = keeper;
        this.maintenance = maintenance;
        this.window = window;
    }

    @Override
    public CompletionStage<Page> read(
            ChannelSet channels, Position after, Position until, int maxEvents, long maxBytes) {
        return readable(after.offset(), until.offset())
                .thenCompose(readable -> readers.readPage(new PageQuery(
                        channels,
                        after,
                        Math.min(until.offset(), keeper.settled()),
                        maxEvents,
                        maxBytes,
                        maintenance::maxLost)));
    }

    private CompletionStage<@Nullable Void> readable(long after, long until) {
        return writer.trimmed().thenCompose(trimmed -> {
            if (keeper.isExact() && isFurther(after, until)) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<@Nullable Void> settled = new CompletableFuture<>();
            settle(after, until, settled);
            return settled;
        });
    }

    /** Whether a page of the database leads on: from a place further, or to where it was to lead. */
    private boolean isFurther(long after, long until) {
        long settled = keeper.settled();
        return after < settled || until <= settled;
    }

    /** Has the database brought up to date; while it can't be written, until a page leads on. */
    private void settle(long after, long until, CompletableFuture<@Nullable Void> settled) {
        writer.settled().whenComplete((done, failure) -> {
            if (failure != null) {
                settled.completeExceptionally(failure);
            } else if (isFurther(after, until)) {
                settled.complete(null);
            } else {
                LATER.execute(() -> settle(after, until, settled));
            }
        });
    }

    @Override
    public CompletionStage<Position> locate(ChannelSet channels, Start start) {
        return writer.settled().thenCompose(settled -> {
            Position last =
                    window.last(); // a cursor must not stand behind the window, nor pass what is not in the database
            Position end = last.at(Math.min(last.offset(), keeper.settled()));
            return readers.read(new StartQuery(channels, start, end));
        });
    }
}
