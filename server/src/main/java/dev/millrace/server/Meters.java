package dev.millrace.server;

import dev.millrace.http.HubMeters;
import dev.millrace.hub.Hub;
import dev.millrace.hub.Observer;
import dev.millrace.server.http.HttpServer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The figures of a server, its hub and its process, for Prometheus. No channel and no client is ever a label. Thread-safe. */
final class Meters implements AutoCloseable {
    private static final DistributionStatisticConfig BUCKETS = DistributionStatisticConfig.builder()
            .serviceLevelObjectives(Stream.of(
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
                            Duration.ofSeconds(10))
                    .mapToDouble(Duration::toNanos)
                    .toArray())
            .build();

    private final PrometheusMeterRegistry registry = registry();
    private final ProcessMeters process = new ProcessMeters(registry);
    private final HubMeters hubMeters;
    private List<LongSupplier> loops = List.of(); // kept here: the registry forgets what nobody else holds

    /** @param nanoTime as {@link System#nanoTime} */
    Meters(LongSupplier nanoTime) {
        hubMeters = new HubMeters(nanoTime);
    }

    private static PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registry.config().meterFilter(new MeterFilter() {
            @Override
            public DistributionStatisticConfig configure(Meter.Id meter, DistributionStatisticConfig config) {
                boolean isOurs =
                        meter.getType() == Meter.Type.TIMER && meter.getName().startsWith("millrace.");
                return isOurs ? BUCKETS.merge(config) : config;
            }
        });
        return registry;
    }

    /** Who is told of publishes and streams. */
    Observer observer() {
        return hubMeters;
    }

    /** Shows the figures of a server that has started. */
    void show(Hub hub, HttpServer http, Supplier<Optional<String>> trouble, Settings settings) {
        hubMeters.bindTo(registry, hub);
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

    /** All figures, in the text format of Prometheus. */
    String text() {
        return registry.scrape();
    }

    @Override
    public void close() {
        process.close();
        registry.close();
    }
}
