package dev.millrace.hub;

import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import java.util.List;
import java.util.function.Consumer;

/** The sink of a subscriber in Java: calls a function with each event, on the hub's own thread. */
final class EventListener implements EventSink<List<Event>> {
    static final Form<List<Event>> AS_THEY_ARE = new Form<>() {
        @Override
        public List<Event> encode(List<Event> events) {
            return events;
        }

        @Override
        public void release(List<Event> batch) {}
    };

    private final Consumer<? super Event> listener;
    private final Consumer<? super Gap> gapListener;
    private final Consumer<? super Throwable> failed;

    EventListener(
            Consumer<? super Event> listener, Consumer<? super Gap> gapListener, Consumer<? super Throwable> failed) {
        this.listener = listener;
        this.gapListener = gapListener;
        this.failed = failed;
    }

    @Override
    public Form<List<Event>> form() {
        return AS_THEY_ARE;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public boolean isDrained() {
        return true;
    }

    @Override
    public long progress() {
        return 0;
    }

    @Override
    public void write(List<Event> batch) {
        for (Event event : batch) {
            try {
                listener.accept(event);
            } catch (Throwable e) {
                failed.accept(e); // the next event is another chance
            }
        }
    }

    @Override
    public void tell(Notice notice) {
        if (notice instanceof Notice.Gap missing) {
            gapListener.accept(missing.gap());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void end() {}

    @Override
    public void abort() {}
}
