package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.sse.SseEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Streams of an application on Tomcat. */
class StreamIT {
    private static ConfigurableApplicationContext context;
    private static int port;
    private static Hub hub;

    @EnableAutoConfiguration
    @RestController
    static class App {
        @GetMapping("/orders/{id}/live")
        Subscription live(@PathVariable String id) {
            return Subscription.to(ChannelSet.of("orders/" + id)).withHistory(2);
        }

        @EventListener
        void opened(StreamOpened opened) {
            if (opened.subscriber().channels().contains(ChannelName.of("trouble"))) {
                throw new IllegalStateException("trouble");
            }
        }
    }

    @BeforeAll
    static void start() {
        context = TestApp.run(App.class);
        port = TestApp.port(context);
        hub = context.getBean(Hub.class);
    }

    @AfterAll
    static void stop() {
        context.close();
    }

    @Test
    void beginsAtOnceWithTheHeadersOfAStream() throws Exception {
        try (TestStream stream = TestStream.open(port, "/millrace/events/a")) {
            assertThat(stream.response().statusCode()).isEqualTo(200);
            assertThat(stream.response().headers().firstValue("Content-Type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
            assertThat(stream.response().headers().firstValue("Cache-Control"))
                    .hasValue("no-cache, no-store, no-transform");
            assertThat(stream.response().headers().firstValue("X-Accel-Buffering"))
                    .hasValue("no");
            assertThat(stream.next("connected").data()).contains("\"channels\":[\"a\"]", "\"resumed\":null");
        }
    }

    @Test
    void deliversInOrderAndResumes() throws Exception {
        String last;
        try (TestStream stream = TestStream.open(port, "/millrace/events/b")) {
            stream.next("connected");
            hub.publish("b", "n", "1");
            hub.publish("b", "n", "2");
            assertThat(stream.next("n").data()).isEqualTo("1");
            SseEvent second = stream.next("n");
            assertThat(second.data()).isEqualTo("2");
            last = second.lastEventId();
        }
        hub.publish("b", "n", "3");
        try (TestStream stream = TestStream.open(port, "/millrace/events/b", "Last-Event-ID", last)) {
            assertThat(stream.next("connected").data()).contains("\"resumed\":true");
            assertThat(stream.next("n").data()).isEqualTo("3");
        }
    }

    @Test
    void goesOnAndSaysItWhenAListenerOfTheApplicationFails() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(EventStreams.class.getName());
        logger.addHandler(handler);
        try (TestStream stream = TestStream.open(port, "/millrace/events/trouble")) {
            stream.next("connected");
            hub.publish("trouble", "n", "1");
            assertThat(stream.next("n").data()).isEqualTo("1");
            assertThat(said).singleElement().asString().contains("StreamOpened");
        } finally {
            logger.removeHandler(handler);
        }
    }

    @Test
    void opensAStreamForAControllersSubscription() throws Exception {
        for (int i = 1; i <= 3; i++) {
            hub.publish("orders/7", "status", "" + i).toCompletableFuture().join();
        }
        try (TestStream stream = TestStream.open(port, "/orders/7/live")) {
            stream.next("connected");
            SseEvent first = stream.next("status");
            assertThat(first.data()).isEqualTo("2");
            assertThat(stream.next("status").data()).isEqualTo("3");
            try (TestStream resumed = TestStream.open(port, "/orders/7/live", "Last-Event-ID", first.lastEventId())) {
                resumed.next("connected");
                assertThat(resumed.next("status").data()).isEqualTo("3");
            }
        }
    }
}
