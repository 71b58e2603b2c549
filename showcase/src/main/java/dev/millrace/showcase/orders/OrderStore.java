package dev.millrace.showcase.orders;

import dev.millrace.showcase.site.EventData;
import dev.millrace.spring.Outbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Isolation;
import org.springframework.transaction.annotation.Transactional;

/** The orders in the database. A new state and the event that tells of it are one transaction. */
@Component
public class OrderStore {
    private static final int MAX_ORDERS = 60;
    private static final int MAX_STATES = 50;

    /** A state that an order has or had; {@code seq} tells one from another. */
    public record State(long seq, String status, String note, Instant timestamp) {}

    /** An order, its states the oldest first. */
    public record Order(String id, String item, @Nullable String owner, String status, List<State> states) {}

    /** What {@code order-update} carries. */
    record Update(String orderId, String status, String note, long seq, Instant timestamp) {}

    /** What {@code status} carries. */
    record Status(String orderId, String status, String details, long seq, Instant timestamp) {}

    private final JdbcClient jdbc;
    private final Outbox outbox;
    private final EventData data;

    OrderStore(JdbcClient jdbc, Outbox outbox, EventData data) {
        this.jdbc = jdbc;
        this.outbox = outbox;
        this.data = data;
    }

    /** The channel of those who follow an order. */
    public static String channel(String order) {
        return "order-" + order;
    }

    /**
     * A new state, told to everyone.
     *
     * @throws DuplicateKeyException if the order is new, and somebody else brought it at the same time
     */
    @Transactional
    public void tellAll(String order, String status, String note) {
        State state = save(order, status, note);
        outbox.broadcast("order-update", data.of(new Update(order, status, note, state.seq(), state.timestamp())));
    }

    /**
     * A new state, told to those who follow the order.
     *
     * @throws DuplicateKeyException as {@link #tellAll}
     */
    @Transactional
    public void tellFollowers(String order, String status, String details) {
        State state = save(order, status, details);
        outbox.publish(
                channel(order), "status", data.of(new Status(order, status, details, state.seq(), state.timestamp())));
    }

    /** Whose order it is; empty where it is nobody's, or there is none. */
    public Optional<String> owner(String order) {
        return jdbc.sql("SELECT owner FROM orders WHERE id = ? AND owner IS NOT NULL")
                .param(order)
                .query(String.class)
                .optional();
    }

    /** Those who change an order wait for each other on its row: so its states have the order of their numbers. */
    private State save(String order, String status, String note) {
        int changed = jdbc.sql("UPDATE orders SET status = ?, changed_at = CURRENT_TIMESTAMP WHERE id = ?")
                .params(status, order)
                .update();
        if (changed == 0) {
            jdbc.sql("INSERT INTO orders (id, item, status) VALUES (?, ?, ?)")
                    .params(order, "Order " + order, status)
                    .update();
            jdbc.sql("DELETE FROM orders WHERE owner IS NULL AND id NOT IN"
                            + " (SELECT id FROM orders ORDER BY changed_at DESC LIMIT ?)")
                    .param(MAX_ORDERS)
                    .update();
        }
        KeyHolder key = new GeneratedKeyHolder();
        jdbc.sql("INSERT INTO order_states (order_id, status, note) VALUES (?, ?, ?)")
                .params(order, status, note)
                .update(key, "id");
        jdbc.sql("DELETE FROM order_states WHERE order_id = ? AND id NOT IN"
                        + " (SELECT id FROM order_states WHERE order_id = ? ORDER BY id DESC LIMIT ?)")
                .params(order, order, MAX_STATES)
                .update();
        return jdbc.sql("SELECT id, status, note, at FROM order_states WHERE id = ?")
                .param(key.getKeyAs(Long.class))
                .query(OrderStore::state)
                .single();
    }

    private static State state(ResultSet row, int number) throws SQLException {
        return new State(
                row.getLong("id"),
                row.getString("status"),
                row.getString("note"),
                row.getObject("at", OffsetDateTime.class).toInstant());
    }

    /** All orders, those that changed last first: as they were at one moment. */
    @Transactional(readOnly = true, isolation = Isolation.REPEATABLE_READ)
    public List<Order> all() {
        Map<String, List<State>> states = new LinkedHashMap<>();
        jdbc.sql("SELECT order_id, id, status, note, at FROM order_states ORDER BY id")
                .query((row, number) -> states.computeIfAbsent(row.getString("order_id"), id -> new ArrayList<>())
                        .add(state(row, number)))
                .list();
        return jdbc.sql("SELECT id, item, owner, status FROM orders ORDER BY changed_at DESC, id")
                .query((row, number) -> new Order(
                        row.getString("id"),
                        row.getString("item"),
                        row.getString("owner"),
                        row.getString("status"),
                        states.getOrDefault(row.getString("id"), List.of())))
                .list();
    }
}
