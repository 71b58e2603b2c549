package dev.millrace.spring;

import dev.millrace.hub.EndCause;
import dev.millrace.hub.GapCause;
import dev.millrace.hub.Observer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** What the hub tells of publishes and streams, as meters of each registry that was bound. Thread-safe. */
final class HubObserver implements Observer {
    private final List<Instruments> bound = new CopyOnWriteArrayList<>();

    /** The meters of one registry. */
    private static final class Instruments {
        private final MeterRegistry registry;
        private final Timer kept;
        private final Timer handedOut;
        private final Counter notKept;
        private final Counter refused;
        private final Map<EndCause, Counter> ended = new EnumMap<>(EndCause.class);
        private final Map<GapCause, Counter> missed = new EnumMap<>(GapCause.class);

        Instruments(MeterRegistry registry) {
            this.registry = registry;
            kept = timer("millrace.publish", "From a publish to the moment at which it is kept.");
            handedOut = timer(
                    "millrace.delivery",
                    "From an event being kept to its being written to all streams of an event loop.");
            notKept = counter("millrace.publish.failed", "Publishes that could not be kept.");
            refused = counter("millrace.streams.refused", "Streams not opened, for the hub was full.");
            for (EndCause cause : EndCause.values()) {
                ended.put(cause, counter("millrace.streams.closed", "Streams that have ended.", "cause", label(cause)));
            }
            for (GapCause cause : GapCause.values()) {
                missed.put(cause, counter("millrace.gaps", "Gaps announced to streams.", "cause", label(cause)));
            }
        }

        private static String label(Enum<?> cause) {
            return cause.name().toLowerCase(Locale.ROOT);
        }

        private Timer timer(String name, String what) {
            return Timer.builder(name).description(what).register(registry);
        }

        private Counter counter(String name, String what, String... tags) {
            return Counter.builder(name).description(what).tags(tags).register(registry);
        }
    }

    void bindTo(MeterRegistry registry) {
        bound.add(new Instruments(registry));
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void kept(long nanos) {
        bound.forEach(meters -> meters.kept.record(nanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void notKept() {
        bound.forEach(meters -> meters.notKept.increment());
    }

    @Override
    public void handedOut(long nanos) {
        bound.forEach(meters -> meters.handedOut.record(nanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void ended(EndCause cause) {
        bound.forEach(meters -> Objects.requireNonNull(meters.ended.get(cause)).increment());
    }

    @Override
    public void missed(GapCause cause, int gaps) {
        bound.forEach(meters -> Objects.requireNonNull(meters.missed.get(cause)).increment(gaps));
    }

    @Override
    public void refused() {
        bound.forEach(meters -> meters.refused.increment());
    }
}
