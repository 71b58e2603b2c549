package dev.millrace.showcase.orders;

import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.showcase.site.Input;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/orders}: the states of orders, told to all or to those who follow one order. */
@RestController
@RequestMapping("/api/orders")
class Orders {
    record StatusRequest(@Nullable String status, @Nullable String note) {}

    record UpdateRequest(@Nullable String status, @Nullable String details) {}

    record Answer(int sent, String orderId, String status) {}

    /**
     * All orders, and the place in the hub's order of events from which a stream goes on where this ends.
     *
     * @param position what to give as lastEventId
     */
    record Snapshot(String position, List<OrderStore.Order> orders) {}

    private final OrderStore store;
    private final Hub hub;

    Orders(OrderStore store, Hub hub) {
        this.store = store;
        this.hub = hub;
    }

    /** To all, as the event {@code order-update}. */
    @PostMapping("/{id}/status")
    Answer status(@PathVariable String id, @RequestBody StatusRequest request) {
        String order = id(id);
        String status = status(request.status());
        String note = Input.text("note", request.note(), 1000, "");
        int sent = hub.recipients(ChannelName.ALL);
        evenIfNew(() -> store.tellAll(order, status, note));
        return new Answer(sent, order, status);
    }

    /** To those who listen to {@code order-:id}, as the event {@code status}. */
    @PostMapping("/{id}/update")
    Answer update(@PathVariable String id, @RequestBody UpdateRequest request) {
        String order = id(id);
        String status = status(request.status());
        String details = Input.text("details", request.details(), 1000, "");
        int sent = hub.recipients(ChannelName.of(OrderStore.channel(order)));
        evenIfNew(() -> store.tellFollowers(order, status, details));
        return new Answer(sent, order, status);
    }

    /** The place is read before the orders: so a state may come twice, in the snapshot and in the stream, and none is missed. */
    @GetMapping
    Snapshot orders() {
        String position = hub.log().last().toString();
        return new Snapshot(position, store.all());
    }

    /** Somebody else may have brought the same new order at this moment: then it is there now. */
    private static void evenIfNew(Runnable change) {
        try {
            change.run();
        } catch (DuplicateKeyException e) {
            change.run();
        }
    }

    private static String id(String id) {
        return Input.word("id", id, 40);
    }

    private static String status(@Nullable String status) {
        return Input.text("status", status, 40);
    }
}
