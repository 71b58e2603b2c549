package dev.millrace.showcase.inbox;

import dev.millrace.showcase.orders.OrderStore;
import dev.millrace.showcase.site.EventData;
import dev.millrace.spring.Outbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The notifications in the database. One is saved and pushed by the same transaction: saved first, pushed when it commits. */
@Component
public class NotificationStore {
    private static final int MAX_PER_USER = 50;
    private static final String COLUMNS = "SELECT id, title, message, created_at, is_read FROM notifications ";

    /** A notification, as the page and the event {@code notification} have it. */
    public record Notification(long id, String title, String message, Instant timestamp, boolean isRead) {}

    /**
     * What a user has seen.
     *
     * @param unread how many not
     * @param upTo the id of the newest that was
     */
    record Read(int unread, long upTo) {}

    /** A notification that was saved, and for whom. */
    record Kept(long id, String user) {}

    private final JdbcClient jdbc;
    private final OrderStore orders;
    private final Outbox outbox;
    private final EventData data;

    NotificationStore(JdbcClient jdbc, OrderStore orders, Outbox outbox, EventData data) {
        this.jdbc = jdbc;
        this.orders = orders;
        this.outbox = outbox;
        this.data = data;
    }

    /** The inbox channel of a user, which the hub shows to nobody else. */
    static String channel(String user) {
        return "user:" + user;
    }

    /** Ships an order and notifies its owner; empty where it has none. */
    @Transactional
    public Optional<Kept> ship(String order) {
        return orders.owner(order).map(owner -> {
            orders.tellFollowers(order, "shipped", "Handed to the carrier");
            Notification saved =
                    save(owner, "Your order is on its way", "Order " + order + " was handed to the carrier.");
            outbox.publish(channel(owner), "notification", data.of(saved));
            return new Kept(saved.id(), owner);
        });
    }

    private Notification save(String user, String title, String message) {
        KeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("INSERT INTO notifications (user_name, title, message) VALUES (?, ?, ?)")
                .params(user, title, message)
                .update(key, "id");
        jdbc.sql("DELETE FROM notifications WHERE user_name = ? AND id NOT IN"
                        + " (SELECT id FROM notifications WHERE user_name = ? ORDER BY id DESC LIMIT ?)")
                .params(user, user, MAX_PER_USER)
                .update();
        return jdbc.sql(COLUMNS + "WHERE id = ?")
                .param(key.getKeyAs(Long.class))
                .query(NotificationStore::notification)
                .single();
    }

    /** A user's notifications, the newest first. */
    List<Notification> newest(String user) {
        return jdbc.sql(COLUMNS + "WHERE user_name = ? ORDER BY id DESC")
                .param(user)
                .query(NotificationStore::notification)
                .list();
    }

    private static Notification notification(ResultSet row, int number) throws SQLException {
        return new Notification(
                row.getLong("id"),
                row.getString("title"),
                row.getString("message"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getBoolean("is_read"));
    }

    /** How many the user has not seen. */
    int unread(String user) {
        return jdbc.sql("SELECT COUNT(*) FROM notifications WHERE user_name = ? AND NOT is_read")
                .param(user)
                .query(Integer.class)
                .single();
    }

    /** The user has seen all that are there. One that comes at this moment is not among them, which the event tells by {@code upTo}. */
    @Transactional
    public Read markRead(String user) {
        long upTo = jdbc.sql("SELECT COALESCE(MAX(id), 0) FROM notifications WHERE user_name = ?")
                .param(user)
                .query(Long.class)
                .single();
        jdbc.sql("UPDATE notifications SET is_read = TRUE WHERE user_name = ? AND id <= ? AND NOT is_read")
                .params(user, upTo)
                .update();
        Read read = new Read(unread(user), upTo);
        outbox.publish(channel(user), "read", data.of(read));
        return read;
    }
}
