package dev.millrace.spring;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Statistics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/** The hub's figures as meters, named as the hub's own server names them. No channel and no client is ever a tag. */
final class HubMetrics implements MeterBinder {
    private final Hub hub;
    private final HubObserver observer;

    HubMetrics(Hub hub, HubObserver observer) {
        this.hub = hub;
        this.observer = observer;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "millrace.connections", "Open event streams.", Statistics::connections);
        gauge(registry, "millrace.connections.max", "The most event streams.", Statistics::maxConnections);
        gauge(registry, "millrace.connections.lagging", "Streams behind the newest event.", Statistics::lagging);
        gauge(
                registry,
                "millrace.channels.listened",
                "Channels and patterns listened to.",
                Statistics::listenedChannels);
        gauge(
                registry,
                "millrace.waiting.events",
                "Events that an event loop has not given out yet.",
                Statistics::waiting);
        counter(registry, "millrace.events.published", "Events published on this node.", Statistics::published);
        counter(registry, "millrace.events.delivered", "Events written to streams.", Statistics::delivered);
        counter(
                registry,
                "millrace.events.dropped",
                "Unkept events that a stream could not take.",
                Statistics::dropped);
        FunctionCounter.builder(
                        "millrace.delivered", hub, own -> own.statistics().bytes())
                .baseUnit("bytes")
                .description("Bytes of events written to streams.")
                .register(registry);
        observer.bindTo(registry);
    }

    private void gauge(MeterRegistry registry, String name, String what, ToDoubleFunction<Statistics> figure) {
        Gauge.builder(name, hub, own -> figure.applyAsDouble(own.statistics()))
                .description(what)
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String what, ToDoubleFunction<Statistics> figure) {
        FunctionCounter.builder(name, hub, own -> figure.applyAsDouble(own.statistics()))
                .description(what)
                .register(registry);
    }
}
