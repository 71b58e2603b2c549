package dev.millrace.showcase.announcements;

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

/** {@code POST /api/notifications}: an announcement to everyone who has a stream open, as the event {@code notification}. */
@RestController
class Announcements {
    record Request(
            @Nullable String title,
            @Nullable String message,
            @Nullable String severity) {}

    record Announcement(String title, String message, String severity, Instant timestamp) {}

    record Answer(String status, int clientCount) {}

    private final Hub hub;
    private final EventData data;
    private final Clock clock;

    Announcements(Hub hub, EventData data, Clock clock) {
        this.hub = hub;
        this.data = data;
        this.clock = clock;
    }

    @PostMapping("/api/notifications")
    CompletionStage<Answer> announce(@RequestBody Request request) {
        Announcement announcement = new Announcement(
                Input.text("title", request.title(), 120),
                Input.text("message", request.message(), 1000),
                Input.text("severity", request.severity(), 20, "info"),
                clock.instant());
        int clients = hub.recipients(ChannelName.ALL);
        return hub.broadcast("notification", data.of(announcement)).thenApply(place -> new Answer("sent", clients));
    }
}
