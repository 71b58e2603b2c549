package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Notice;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/** What Actuator shows of the hub. */
class ObservationIT {
    private static ConfigurableApplicationContext context;
    private static int port;
    private static Http http;

    @EnableAutoConfiguration
    static class App {}

    @BeforeAll
    static void start() {
        context = TestApp.run(
                App.class,
                "millrace.max-connections=7",
                "millrace.outbox.enabled=true",
                "management.endpoints.web.exposure.include=health,metrics",
                "management.endpoint.health.show-details=always");
        port = TestApp.port(context);
        http = new Http(port);
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    private static double metric(String name) {
        Meter meter = context.getBean(MeterRegistry.class).get(name).meter();
        return meter.measure().iterator().next().getValue();
    }

    @Test
    void healthTellsOfTheHub() throws Exception {
        assertThat(http.get("/actuator/health").body())
                .contains("\"millrace\":{\"details\":{\"streams\":")
                .contains("\"maxStreams\":7},\"status\":\"UP\"}");
    }

    @Test
    void metricsCountStreamsAndEvents() throws Exception {
        double published = metric("millrace.events.published");
        double delivered = metric("millrace.events.delivered");
        try (TestStream one = TestStream.open(port, "/millrace/events/m");
                TestStream two = TestStream.open(port, "/millrace/events/m")) {
            one.next("connected");
            two.next("connected");
            context.getBean(Hub.class).publish("m", "n", "x");
            one.next("n");
            two.next("n");
            assertThat(metric("millrace.connections")).isEqualTo(2);
            assertThat(metric("millrace.connections.max")).isEqualTo(7);
            assertThat(metric("millrace.channels.listened")).isEqualTo(1);
            assertThat(metric("millrace.events.published") - published).isEqualTo(1);
            assertThat(metric("millrace.events.delivered") - delivered).isEqualTo(2);
            assertThat(http.get("/actuator/metrics/millrace.connections").body())
                    .contains("\"value\":2.0");
        }
    }

    @Test
    void metricsTellWhyStreamsEndAndWhatTheyMissed() throws Exception {
        MeterRegistry meters = context.getBean(MeterRegistry.class);
        long publishes = meters.get("millrace.publish").timer().count();
        Hub hub = context.getBean(Hub.class);
        hub.publish("w", "n", "x").toCompletableFuture().join();
        assertThat(meters.get("millrace.publish").timer().count()).isEqualTo(publishes + 1);
        String unknown = "/millrace/events/w?clientId=ended-by-an-admin&lastEventId=nothing";
        try (TestStream stream = TestStream.open(port, unknown)) {
            stream.next("connected");
            stream.next("gap");
            hub.subscriber("ended-by-an-admin").orElseThrow().close(Notice.Reason.KICKED);
            stream.awaitEnd();
        }
        assertThat(counted("millrace.gaps", "unknown")).isPositive();
        assertThat(counted("millrace.streams.closed", "kicked")).isEqualTo(1);
    }

    private static double counted(String name, String cause) {
        return context.getBean(MeterRegistry.class)
                .get(name)
                .tag("cause", cause)
                .counter()
                .count();
    }

    @Test
    void everyMetricIsDocumentedAndNoOther() throws Exception {
        assertThat(context.getBean(MeterRegistry.class).getMeters())
                .map(meter -> meter.getId().getName())
                .filteredOn(name -> name.startsWith("millrace."))
                .isSubsetOf(Page.read().section("Metrics").rows())
                .containsAll(Page.read().section("Metrics").rows());
    }
}
