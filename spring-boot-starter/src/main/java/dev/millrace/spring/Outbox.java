package dev.millrace.spring;

import dev.millrace.hub.EventTooLargeException;
import dev.millrace.hub.Hub;
import dev.millrace.hub.HubSettings;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Publishes events together with a database transaction: they go out when it commits, and not when it rolls back.
 *
 * <p>Until it is published an event is a row of the table {@code millrace_outbox}, written by the application's own transaction; so it
 * is not lost when the process dies in between, and goes out when the next one starts. Events of one transaction keep their order.
 * Without an open transaction an event goes out at once, by the same way.
 */
public final class Outbox {
    private static final String INSERT =
            "INSERT INTO millrace_outbox (event_key, channel, name, data) VALUES (?, ?, ?, ?)";

    private final JdbcTemplate jdbc;
    private final OutboxRelay relay;
    private final HubSettings settings;

    Outbox(JdbcTemplate jdbc, OutboxRelay relay, Hub hub) {
        this.jdbc = jdbc;
        this.relay = relay;
        this.settings = hub.settings();
    }

    /**
     * Publishes an event with a name.
     *
     * @throws IllegalArgumentException if the channel or the name breaks a rule
     * @throws EventTooLargeException if the data is larger than the hub takes
     */
    public void publish(String channel, String name, String data) {
        publish(Publication.to(ChannelName.of(channel), data).named(name));
    }

    /** Publishes an event to every stream. */
    public void broadcast(String name, String data) {
        publish(Publication.to(ChannelName.ALL, data).named(name));
    }

    private void publish(Publication publication) {
        settings.requireFits(publication);
        jdbc.update(
                INSERT,
                UUID.randomUUID().toString(),
                publication.channel().value(),
                publication.name(),
                publication.data());
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    relay.wake();
                }
            });
        } else {
            relay.wake();
        }
    }
}
