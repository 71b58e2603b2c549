package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.StreamEvent;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that others wrote, and many use on the JVM and on Android. */
@Timeout(30)
class OkHttpEventSourceIT {
    private final MillraceServer server = MillraceServer.builder()
            .port(0)
            .historySize(5)
            .retry(Duration.ofMillis(50))
            .heartbeat(Duration.ofMillis(500))
            .start();
    private final TestHub hub = new TestHub(server);

    @AfterEach
    void stop() {
        server.close();
    }

    private static EventSource open(int port, String address) {
        return new EventSource.Builder(ConnectStrategy.http(URI.create("http://127.0.0.1:" + port + address)))
                .errorStrategy(ErrorStrategy.alwaysContinue())
                .retryDelay(50, TimeUnit.MILLISECONDS)
                .build();
    }

    @Test
    void getsNamedEventsWithTheirIds() throws Exception {
        try (EventSource source = open(server.port(), "/events/a")) {
            assertThat(source.readMessage().getEventName()).isEqualTo("connected");
            String id = hub.publish("a", "one\ntwo");
            MessageEvent message = source.readMessage();
            assertThat(message.getEventName()).isEqualTo("message");
            assertThat(message.getData()).isEqualTo("one\ntwo");
            assertThat(message.getLastEventId()).isEqualTo(id);
            hub.post("/events/a?event=named", "");
            MessageEvent named = source.readMessage();
            assertThat(named.getEventName()).isEqualTo("named");
            assertThat(named.getData()).isEmpty();
            assertThat(source.getBaseRetryDelayMillis()).isEqualTo(50);
        }
    }

    @Test
    void resumesAfterACut() throws Exception {
        try (CuttingProxy way = new CuttingProxy(server.port());
                EventSource source = open(way.port(), "/events/a")) {
            source.readMessage();
            hub.publish("a", "1");
            assertThat(source.readMessage().getData()).isEqualTo("1");
            way.cut();
            hub.publish("a", "2");
            way.mend();
            assertThat(source.readMessage().getData()).contains("\"resumed\":true");
            assertThat(source.readMessage().getData()).isEqualTo("2");
        }
    }

    @Test
    void isToldOfAGap() throws Exception {
        try (CuttingProxy way = new CuttingProxy(server.port());
                EventSource source = open(way.port(), "/events/a")) {
            source.readMessage();
            hub.publish("a", "1");
            source.readMessage();
            way.cut();
            for (int i = 2; i <= 8; i++) {
                hub.publish("a", "" + i);
            }
            way.mend();
            assertThat(source.readMessage().getData()).contains("\"resumed\":false");
            assertThat(source.readMessage().getEventName()).isEqualTo("gap");
            assertThat(source.readMessage().getData()).isEqualTo("4");
        }
    }

    @Test
    void seesHeartbeats() throws Exception {
        try (EventSource source = open(server.port(), "/events/a");
                EventSource asking = open(server.port(), "/events/a?heartbeat=event")) {
            source.readMessage();
            StreamEvent event = source.readAnyEvent();
            assertThat(event).isInstanceOf(com.launchdarkly.eventsource.CommentEvent.class);
            asking.readMessage();
            assertThat(asking.readMessage().getEventName()).isEqualTo("heartbeat");
        }
    }

    @Test
    void comesBackWhenTheHubWasFull() throws Exception {
        try (MillraceServer small = MillraceServer.builder()
                        .port(0)
                        .maxConnections(1)
                        .retry(Duration.ofMillis(50))
                        .start();
                EventSource source = open(small.port(), "/events/a")) {
            try (TestStream only = TestStream.open(small, "/events/a")) {
                only.nextEvent();
                assertThat(source.readMessage().getEventName()).isEqualTo("closing");
            }
            MessageEvent message = source.readMessage();
            while (message.getEventName().equals("closing")) {
                message = source.readMessage();
            }
            assertThat(message.getEventName()).isEqualTo("connected");
        }
    }
}
