package dev.millrace.server;

import dev.millrace.hub.EndCause;
import dev.millrace.hub.GapCause;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Observer;
import dev.millrace.hub.Statistics;
import dev.millrace.server.http.HttpServer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The figures of a server, for Prometheus. No channel and no client is ever a label.
 *
 * <p>What the hub counts by itself is read when it is asked for; only what happens once a publish, once a run of an event loop or
 * once a stream is told to this as an observer. Thread-safe.
 */
final class Meters implements Observer, AutoCloseable {
    private static final Duration[] BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(25),
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofMillis(2500),
        Duration.ofSeconds(10)
    };

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ProcessMeters process = new ProcessMeters(registry);
    private final LongSupplier nanoTime;
    private final Timer kept = timer("millrace.publish", "From a publish to the moment at which it is kept.");
    private final Timer handedOut = timer(
            "millrace.delivery", "From an event being kept to its being written to all streams of an event loop.");
    private final Counter notKept = counter("millrace.publish.failed", "Publishes that could not be kept.");
    private final Counter refused = counter("millrace.streams.refused", "Streams not opened, for the hub was full.");
    private final Map<EndCause, Counter> ended = new EnumMap<>(EndCause.class);
    private final Map<GapCause, Counter> missed = new EnumMap<>(GapCause.class);
    private List<LongSupplier> loops = List.of(); // kept here: the registry forgets what nobody else holds

    /** @param nanoTime as {@link System#nanoTime} */
    Meters(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
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
        return Timer.builder(name)
                .description(what)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private Counter counter(String name, String what, String... tags) {
        return Counter.builder(name).description(what).tags(tags).register(registry);
    }

    /** Shows the figures of a server that has started. */
    void show(Hub hub, HttpServer http, Supplier<Optional<String>> trouble, Settings settings) {
        gauge("millrace.connections", "Open event streams.", hub, Statistics::connections);
        gauge("millrace.connections.max", "The most streams that may be open.", hub, Statistics::maxConnections);
        gauge("millrace.connections.lagging", "Streams behind the newest event.", hub, Statistics::lagging);
        gauge("millrace.channels.listened", "Channels and patterns listened to.", hub, Statistics::listenedChannels);
        gauge("millrace.waiting.events", "Events that an event loop has not given out yet.", hub, Statistics::waiting);
        count("millrace.events.published", "Events published on this node.", hub, Statistics::published);
        count("millrace.events.delivered", "Events written to streams.", hub, Statistics::delivered);
        count("millrace.events.dropped", "Unkept events that a stream could not take.", hub, Statistics::dropped);
        FunctionCounter.builder(
                        "millrace.delivered", hub, own -> own.statistics().bytes())
                .baseUnit("bytes")
                .description("Bytes of events written to streams.")
                .register(registry);
        TimeGauge.builder(
                        "millrace.uptime",
                        hub,
                        TimeUnit.MILLISECONDS,
                        own -> own.statistics().uptimeMillis())
                .description("Time since the start.")
                .register(registry);
        Gauge.builder("millrace.ready", trouble, why -> why.get().isEmpty() ? 1 : 0)
                .description("Whether the hub is ready, as /readyz tells.")
                .register(registry);
        Gauge.builder("millrace.info", () -> 1)
                .tags(Tags.of("version", Version.TEXT))
                .description("The version of the hub.")
                .register(registry);
        log(hub, settings);
        server(http);
    }

    private void log(Hub hub, Settings settings) {
        if (settings.dataDir != null || settings.redisUrl != null) {
            FunctionTimer.builder(
                            "millrace.log.commit",
                            hub,
                            own -> own.log().figures().commits(),
                            own -> own.log().figures().commitNanos(),
                            TimeUnit.NANOSECONDS)
                    .description("Writing what waits to the disk, or to Redis.")
                    .register(registry);
        }
        if (settings.redisUrl != null) {
            Gauge.builder(
                            "millrace.redis.lag.events",
                            hub,
                            own -> own.log().figures().behind())
                    .description("Events on Redis that this node has not got yet.")
                    .register(registry);
        }
    }

    private void server(HttpServer http) {
        Gauge.builder("millrace.buffers", http, HttpServer::bufferBytes)
                .baseUnit("bytes")
                .description("Memory outside the heap for what is on its way to and from connections.")
                .register(registry);
        loops = http.loopTimes();
        for (int i = 0; i < loops.size(); i++) {
            FunctionCounter.builder("millrace.loop.busy.seconds", loops.get(i), time -> time.getAsLong() / 1e9)
                    .tag("loop", String.valueOf(i))
                    .description("How long an event loop has worked.")
                    .register(registry);
        }
    }

    private void gauge(String name, String what, Hub hub, ToDoubleFunction<Statistics> figure) {
        Gauge.builder(name, hub, own -> figure.applyAsDouble(own.statistics()))
                .description(what)
                .register(registry);
    }

    private void count(String name, String what, Hub hub, ToDoubleFunction<Statistics> figure) {
        FunctionCounter.builder(name, hub, own -> figure.applyAsDouble(own.statistics()))
                .description(what)
                .register(registry);
    }

    /** All figures, in the text format of Prometheus. */
    String text() {
        return registry.scrape();
    }

    @Override
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    @Override
    public void kept(long nanos) {
        kept.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void notKept() {
        notKept.increment();
    }

    @Override
    public void handedOut(long nanos) {
        handedOut.record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void ended(EndCause cause) {
        increment(ended.get(cause), 1);
    }

    @Override
    public void missed(GapCause cause, int gaps) {
        increment(missed.get(cause), gaps);
    }

    private static void increment(@Nullable Counter counter, int by) {
        if (counter != null) {
            counter.increment(by);
        }
    }

    @Override
    public void refused() {
        refused.increment();
    }

    @Override
    public void close() {
        process.close();
        registry.close();
    }
}
