package dev.millrace.http;

import dev.millrace.hub.EndCause;
import dev.millrace.hub.GapCause;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Observer;
import dev.millrace.hub.Statistics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * A hub's figures as meters, in each registry that is bound. No channel and no client is ever a tag.
 *
 * <p>What the hub counts by itself is read when it is asked for; only what happens once a publish, once a run of an event loop or
 * once a stream is told to this as an observer. Thread-safe. Needs Micrometer, which this module does not bring.
 */
public final class HubMeters implements Observer {
    private final LongSupplier nanoTime;
    private final List<Told> bound = new CopyOnWriteArrayList<>();

    /** @param nanoTime as {@link System#nanoTime} */
    public HubMeters(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Shows the figures of a hub, of which this is the observer, in this registry from now on. */
    public void bindTo(MeterRegistry registry, Hub hub) {
        gauge(registry, hub, "connections", "Open event streams.", Statistics::connections);
        gauge(registry, hub, "connections.max", "The most streams that may be open.", Statistics::maxConnections);
        gauge(registry, hub, "connections.lagging", "Streams behind the newest event.", Statistics::lagging);
        gauge(registry, hub, "channels.listened", "Channels and patterns listened to.", Statistics::listenedChannels);
        gauge(registry, hub, "waiting.events", "Events that an event loop has not given out yet.", Statistics::waiting);
        count(registry, hub, "events.published", "Events published on this node.", Statistics::published);
        count(registry, hub, "events.delivered", "Events written to streams.", Statistics::delivered);
        count(registry, hub, "events.dropped", "Unkept events that a stream could not take.", Statistics::dropped);
        FunctionCounter.builder(
                        "millrace.delivered", hub, own -> own.statistics().bytes())
                .baseUnit("bytes")
                .description("Bytes of events written to streams.")
                .register(registry);
        bound.add(new Told(registry));
    }

    private static void gauge(
            MeterRegistry registry, Hub hub, String name, String what, ToDoubleFunction<Statistics> figure) {
        Gauge.builder("millrace." + name, hub, own -> figure.applyAsDouble(own.statistics()))
                .description(what)
                .register(registry);
    }

    private static void count(
            MeterRegistry registry, Hub hub, String name, String what, ToDoubleFunction<Statistics> figure) {
        FunctionCounter.builder("millrace." + name, hub, own -> figure.applyAsDouble(own.statistics()))
                .description(what)
                .register(registry);
    }

    /** What is told, in one registry. */
    private static final class Told {
        private final MeterRegistry registry;
        private final Timer kept;
        private final Timer handedOut;
        private final Counter notKept;
        private final Counter refused;
        private final Map<EndCause, Counter> ended = new EnumMap<>(EndCause.class);
        private final Map<GapCause, Counter> missed = new EnumMap<>(GapCause.class);

        Told(MeterRegistry registry) {
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

    @Override
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    @Override
    public void kept(long nanos) {
        bound.forEach(told -> told.kept.record(nanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void notKept() {
        bound.forEach(told -> told.notKept.increment());
    }

    @Override
    public void handedOut(long nanos) {
        bound.forEach(told -> told.handedOut.record(nanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void ended(EndCause cause) {
        bound.forEach(told -> Objects.requireNonNull(told.ended.get(cause)).increment());
    }

    @Override
    public void missed(GapCause cause, int gaps) {
        bound.forEach(told -> Objects.requireNonNull(told.missed.get(cause)).increment(gaps));
    }

    @Override
    public void refused() {
        bound.forEach(told -> told.refused.increment());
    }
}
