package dev.millrace.showcase.alerts;

import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.showcase.site.EventData;
import dev.millrace.showcase.site.Input;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /api/notify}: a short alert on every open page, as the event {@code notify}. */
@RestController
class Alerts {
    record Request(@Nullable String message, @Nullable String type) {}

    record Alert(String message, String type, Instant timestamp) {}

    record Answer(boolean success, int clients) {}

    private final Hub hub;
    private final EventData data;
    private final Clock clock;

    Alerts(Hub hub, EventData data, Clock clock) {
        this.hub = hub;
        this.data = data;
        this.clock = clock;
    }

    @PostMapping("/api/notify")
    CompletionStage<Answer> alert(@RequestBody Request request) {
        Alert alert = new Alert(
                Input.text("message", request.message(), 280),
                Input.text("type", request.type(), 20, "info"),
                clock.instant());
        int clients = hub.recipients(ChannelName.ALL);
        return hub.broadcast("notify", data.of(alert)).thenApply(place -> new Answer(true, clients));
    }
}
