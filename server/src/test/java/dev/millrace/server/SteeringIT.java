package dev.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section "Steering a live stream". */
class SteeringIT {
    private static final String ID = "the-client-of-this-test";

    private final MillraceServer server =
            MillraceServer.builder().port(0).maxChannelsPerClient(3).start();
    private final TestHub hub = new TestHub(server);

    @AfterEach
    void stop() {
        server.close();
    }

    private TestStream open() throws Exception {
        TestStream stream = TestStream.open(server, "/events/a?clientId=" + ID);
        stream.nextEvent();
        return stream;
    }

    private static String body(String channel) {
        return "{\"clientId\":\"" + ID + "\",\"channel\":\"" + channel + "\"}";
    }

    @Test
    void changesWhatAStreamListensToBetweenTwoEvents() throws Exception {
        try (TestStream stream = open()) {
            hub.publish("b", "before");
            var subscribed = hub.postJson("/subscribe", body("b"));
            assertThat(subscribed.body()).isEqualTo("{\"success\":true,\"channels\":[\"a\",\"b\"]}");
            hub.publish("b", "between");
            var unsubscribed = hub.postJson("/unsubscribe", body("b"));
            assertThat(unsubscribed.body()).isEqualTo("{\"success\":true,\"channels\":[\"a\"]}");
            hub.publish("b", "after");
            hub.publish("a", "end");
            List<TestStream.Block> events =
                    List.of(stream.nextEvent(), stream.nextEvent(), stream.nextEvent(), stream.nextEvent());
            assertThat(events)
                    .extracting(TestStream.Block::event)
                    .containsExactly("subscribed", "", "unsubscribed", "");
            assertThat(events)
                    .extracting(TestStream.Block::data)
                    .containsExactly("{\"channel\":\"b\"}", "between", "{\"channel\":\"b\"}", "end");
            assertThat(events.get(0).has("id")).isFalse();
        }
    }

    @Test
    void takesPatternsAndSaysNothingTwice() throws Exception {
        try (TestStream stream = open()) {
            hub.postJson("/subscribe", body("b*"));
            assertThat(hub.postJson("/subscribe", body("b*")).statusCode()).isEqualTo(200);
            hub.publish("bb", "1");
            assertThat(stream.nextEvent().data()).isEqualTo("{\"channel\":\"b*\"}");
            assertThat(stream.nextEvent().data()).isEqualTo("1");
        }
    }

    @Test
    void refusesMoreChannelsThanAllowed() throws Exception {
        try (TestStream stream = open()) {
            assertThat(hub.postJson("/subscribe", body("b")).statusCode()).isEqualTo(200);
            assertThat(hub.postJson("/subscribe", body("c")).statusCode()).isEqualTo(200);
            assertThat(hub.postJson("/subscribe", body("d")).statusCode()).isEqualTo(400);
            assertThat(stream.connection().socket().isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"clientId\":\"nobody-has-this-id-1\",\"channel\":\"a\"} | 404",
                "{\"clientId\":\"nobody-has-this-id-1\",\"channel\":\"a b\"} | 400",
                "{\"clientId\":\"nobody-has-this-id-1\"} | 400",
                "{\"channel\":\"a\"} | 400",
                "{\"clientId\":7,\"channel\":\"a\"} | 400"
            })
    void refusesWhatItCannotDo(String json, int status) throws Exception {
        assertThat(hub.postJson("/subscribe", json).statusCode()).isEqualTo(status);
        assertThat(hub.postJson("/unsubscribe", json).statusCode()).isEqualTo(status);
    }

    @Test
    void sendsAnEventToOneClient() throws Exception {
        try (TestStream stream = open();
                TestStream other = TestStream.open(server, "/events/a")) {
            other.nextEvent();
            assertThat(hub.post("/clients/" + ID + "/events?event=psst", "for you\nalone")
                            .statusCode())
                    .isEqualTo(200);
            TestStream.Block event = stream.nextEvent();
            assertThat(event.event()).isEqualTo("psst");
            assertThat(event.data()).isEqualTo("for you\nalone");
            assertThat(event.has("id")).isFalse();
            assertThat(other.isSilentFor(100)).isTrue();
            assertThat(hub.post("/clients/nobody-has-this-id-1/events", "x").statusCode())
                    .isEqualTo(404);
            assertThat(hub.post("/clients/" + ID + "/events?event=gap", "x").statusCode())
                    .isEqualTo(400);
        }
    }

    @Test
    void endsAStream() throws Exception {
        try (TestStream stream = open()) {
            assertThat(hub.delete("/clients/" + ID).statusCode()).isEqualTo(200);
            List<TestStream.Block> rest = stream.rest();
            assertThat(rest.get(0).has("retry")).isTrue();
            assertThat(rest.get(1).data()).isEqualTo("{\"reason\":\"kicked\"}");
            assertThat(hub.delete("/clients/" + ID).statusCode()).isEqualTo(404);
            assertThat(hub.delete("/clients").statusCode()).isEqualTo(400);
            assertThat(hub.delete("/clients?user=x").statusCode()).isEqualTo(200);
        }
    }
}
