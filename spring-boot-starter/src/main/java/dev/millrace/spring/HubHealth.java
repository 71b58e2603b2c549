package dev.millrace.spring;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Statistics;
import java.util.Optional;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Whether the hub keeps what is published. */
final class HubHealth extends AbstractHealthIndicator {
    private final Hub hub;
    private final HubTrouble trouble;

    HubHealth(Hub hub, HubTrouble trouble) {
        this.hub = hub;
        this.trouble = trouble;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Statistics now = hub.statistics();
        Optional<String> reason = trouble.now();
        builder.up().withDetail("streams", now.connections()).withDetail("maxStreams", now.maxConnections());
        reason.ifPresent(text -> builder.down().withDetail("reason", text));
    }
}
