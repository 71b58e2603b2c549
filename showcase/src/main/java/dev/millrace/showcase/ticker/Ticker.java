package dev.millrace.showcase.ticker;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.showcase.site.EventData;
import dev.millrace.spring.StreamOpened;
import java.time.Clock;
import java.time.Instant;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * {@code GET /ticker}: "stream started", then a numbered event every 500 ms. There is one ticker for all: it counts while somebody
 * listens, and a reader that comes back misses no number.
 */
@RestController
class Ticker {
    static final String CHANNEL = "ticker";

    record Tick(long number, Instant timestamp) {}

    private final Hub hub;
    private final EventData data;
    private final Clock clock;
    private long number;

    Ticker(Hub hub, EventData data, Clock clock) {
        this.hub = hub;
        this.data = data;
        this.clock = clock;
    }

    @GetMapping("/ticker")
    Subscription listen() {
        return Subscription.to(ChannelSet.of(CHANNEL));
    }

    @EventListener
    void started(StreamOpened event) {
        if (event.subscriber().channels().entries().contains(CHANNEL)) {
            var unused = event.subscriber().send("", "stream started");
        }
    }

    @Scheduled(fixedRate = 500)
    void tick() {
        if (hub.recipients(ChannelName.of(CHANNEL)) > 0) {
            number++;
            var unused = hub.publish(CHANNEL, "tick", data.of(new Tick(number, clock.instant())));
        }
    }
}
