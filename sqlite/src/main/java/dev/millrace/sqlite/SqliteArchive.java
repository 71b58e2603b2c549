package dev.millrace.sqlite;

import dev.millrace.log.Archive;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.EventWindow;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import java.util.concurrent.CompletionStage;

/** The events on disk, for readers that are behind the window. */
final class SqliteArchive implements Archive {
    private final Readers readers;
    private final Writer writer;
    private final Maintenance maintenance;
    private final EventWindow window;

    SqliteArchive(Readers readers, Writer writer, Maintenance maintenance, EventWindow window) {
        this.readers = readers;
        this.writer = writer;
        this.maintenance = maintenance;
        this.window = window;
    }

    @Override
    public CompletionStage<Page> read(
            ChannelSet channels, Position after, Position until, int maxEvents, long maxBytes) {
        PageQuery query = new PageQuery(channels, after, until.offset(), maxEvents, maxBytes, maintenance::maxLost);
        return writer.trimmed().thenCompose(trimmed -> readers.readPage(query));
    }

    @Override
    public CompletionStage<Position> locate(ChannelSet channels, Start start) {
        return writer.trimmed().thenCompose(trimmed -> {
            Position last = window.last(); // a cursor must not stand behind the window
            return readers.read(new StartQuery(channels, start, last));
        });
    }
}
