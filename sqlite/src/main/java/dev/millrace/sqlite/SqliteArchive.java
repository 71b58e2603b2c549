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
import java.util.function.Function;
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
        return readable(after)
                .thenCompose(readable -> readers.readPage(new PageQuery(
                        channels,
                        after,
                        Math.min(until.offset(), keeper.settled()),
                        maxEvents,
                        maxBytes,
                        maintenance::maxLost)));
    }

    private CompletionStage<@Nullable Void> readable(Position after) {
        return writer.trimmed()
                .thenCompose(trimmed -> keeper.isExactAfter(after.offset())
                        ? CompletableFuture.completedFuture(null)
                        : settledBehind(after));
    }

    /** Completes when the database was brought up to date, or at the least has something new after this place. */
    private CompletionStage<@Nullable Void> settledBehind(Position after) {
        return writer.settled()
                .thenCompose(settled -> after.offset() < keeper.settled()
                        ? CompletableFuture.completedFuture(null)
                        : CompletableFuture.supplyAsync(() -> settledBehind(after), LATER)
                                .thenCompose(Function.identity()));
    }

    @Override
    public CompletionStage<Position> locate(ChannelSet channels, Start start) {
        return writer.settled().thenCompose(settled -> {
            Position last = window.last(); // a cursor must not stand behind the window
            return readers.read(new StartQuery(channels, start, last));
        });
    }
}
