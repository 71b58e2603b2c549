package dev.millrace.log;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A log that passes everything on to another; a test says what it does otherwise. */
public abstract class ForwardingLog implements EventLog {
    private final EventLog log;

    protected ForwardingLog(EventLog log) {
        this.log = log;
    }

    @Override
    public CompletionStage<List<Receipt>> append(List<Publication> publications) {
        return log.append(publications);
    }

    @Override
    public Position last() {
        return log.last();
    }

    @Override
    public CompletionStage<Position> newest(ChannelSet channels) {
        return log.newest(channels);
    }

    @Override
    public CompletionStage<Void> hear(ChannelSet channels) {
        return log.hear(channels);
    }

    @Override
    public void leave(ChannelSet channels) {
        log.leave(channels);
    }

    @Override
    public boolean hears(ChannelSet channels, Position after) {
        return log.hears(channels, after);
    }

    @Override
    public CompletionStage<Cursor> open(ChannelSet channels, Start start, Runnable ready) {
        return log.open(channels, start, ready);
    }

    @Override
    public Cursor tail(Position after) {
        return log.tail(after);
    }

    @Override
    public void follow(Follower follower) {
        log.follow(follower);
    }

    @Override
    public CompletionStage<List<ChannelSummary>> channels(String prefix, String after, int limit) {
        return log.channels(prefix, after, limit);
    }

    @Override
    public void trim() {
        log.trim();
    }

    @Override
    public LogFigures figures() {
        return log.figures();
    }

    @Override
    public void close() {
        log.close();
    }
}
