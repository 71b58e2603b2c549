package dev.millrace.bench.micro;

import dev.millrace.hub.EventSink;
import dev.millrace.hub.Form;
import dev.millrace.hub.Notice;
import dev.millrace.log.Event;
import dev.millrace.sse.SseEncoder;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** A listener that copies all events, encoded as an event stream, into a buffer as a socket would, and throws them away. */
final class DiscardingSink implements EventSink<DiscardingSink.Batch> {
    private static final Form<Batch> FORM = new Form<>() {
        @Override
        public Batch encode(List<Event> events) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (Event event : events) {
                bytes.writeBytes(SseEncoder.event(event.position().toString(), event.name(), event.data()));
            }
            return new Batch(events.size(), bytes.toByteArray());
        }

        @Override
        public void release(Batch batch) {}
    };

    private final Count count;

    DiscardingSink(Count count) {
        this.count = count;
    }

    /** What was encoded. */
    static final class Batch {
        private final int events;
        private final byte[] bytes;

        Batch(int events, byte[] bytes) {
            this.events = events;
            this.bytes = bytes;
        }
    }

    /** Counts the deliveries of one loop, round by round. Used on that loop only. */
    static final class Count {
        private final long perRound;
        private final Runnable roundDone;
        private final byte[] buffer = new byte[1 << 16];
        private long delivered;

        Count(long perRound, Runnable roundDone) {
            this.perRound = perRound;
            this.roundDone = roundDone;
        }

        private void add(Batch batch) {
            System.arraycopy(batch.bytes, 0, buffer, 0, Math.min(buffer.length, batch.bytes.length));
            delivered += batch.events;
            if (delivered == perRound) {
                delivered = 0;
                roundDone.run();
            }
        }
    }

    @Override
    public Form<Batch> form() {
        return FORM;
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
    public void write(Batch batch) {
        count.add(batch);
    }

    @Override
    public void tell(Notice notice) {}

    @Override
    public void flush() {}

    @Override
    public void end() {}

    @Override
    public void abort() {}
}
