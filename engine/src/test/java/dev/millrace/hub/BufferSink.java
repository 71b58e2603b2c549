package dev.millrace.hub;

import dev.millrace.log.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A sink with a buffer as a socket has one: it takes a few batches, and is full until the peer reads.
 *
 * <p>Holds events and notices in the order in which they were taken.
 */
final class BufferSink implements EventSink<List<Event>> {
    static final Form<List<Event>> FORM = new Form<>() {
        @Override
        public List<Event> encode(List<Event> events) {
            return List.copyOf(events);
        }

        @Override
        public long bytes(List<Event> batch) {
            return batch.stream().mapToLong(event -> event.data().length()).sum();
        }

        @Override
        public void release(List<Event> batch) {}
    };

    private final int capacity;
    private final Consumer<Notice> told;
    final List<Object> buffer = new ArrayList<>();
    private int batches;
    private long progress;
    boolean isEnded;
    boolean isAborted;

    BufferSink(int capacity, Consumer<Notice> told) {
        this.capacity = capacity;
        this.told = told;
    }

    BufferSink() {
        this(Integer.MAX_VALUE, notice -> {});
    }

    /** The peer reads everything; answers what that was. */
    List<Object> read() {
        List<Object> taken = List.copyOf(buffer);
        buffer.clear();
        batches = 0;
        progress += taken.size();
        return taken;
    }

    @Override
    public Form<List<Event>> form() {
        return FORM;
    }

    @Override
    public boolean isWritable() {
        return batches < capacity;
    }

    @Override
    public boolean isDrained() {
        return buffer.isEmpty();
    }

    @Override
    public long progress() {
        return progress;
    }

    @Override
    public void write(List<Event> batch) {
        buffer.addAll(batch);
        batches++;
    }

    @Override
    public void tell(Notice notice) {
        buffer.add(notice);
        batches++;
        told.accept(notice);
    }

    @Override
    public void flush() {}

    @Override
    public void end() {
        isEnded = true;
    }

    @Override
    public void abort() {
        isAborted = true;
        isEnded = true;
    }
}
