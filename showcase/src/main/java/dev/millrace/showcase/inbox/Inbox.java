package dev.millrace.showcase.inbox;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.showcase.site.Input;
import java.security.Principal;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** The notifications of the signed-in user, and the one act that causes them: an order is shipped. */
@RestController
class Inbox {
    /**
     * All notifications, and the place from which a stream goes on where this ends.
     *
     * @param position what to give as lastEventId
     */
    record Snapshot(String position, int unread, List<NotificationStore.Notification> notifications) {}

    record Shipped(String orderId, String status, long notificationId, int recipients) {}

    private final NotificationStore store;
    private final Hub hub;

    Inbox(NotificationStore store, Hub hub) {
        this.store = store;
        this.hub = hub;
    }

    /** The user's stream. Without a last event id it begins with what came since the user's last stream ended. */
    @GetMapping("/notifications/stream")
    Subscription stream(Principal user) {
        return Subscription.to(ChannelSet.of(NotificationStore.channel(user.getName())))
                .of(user.getName());
    }

    /** The place is read before the notifications: so one may come twice, here and in the stream, and none is missed. */
    @GetMapping("/notifications")
    Snapshot notifications(Principal user) {
        String position = hub.log().last().toString();
        return new Snapshot(position, store.unread(user.getName()), store.newest(user.getName()));
    }

    /** The user has seen them all; other pages of the user are told. */
    @PostMapping("/notifications/read")
    NotificationStore.Read read(Principal user) {
        return store.markRead(user.getName());
    }

    /** The order is on its way: its owner is told, now or when the owner comes back. */
    @PostMapping("/orders/{id}/ship")
    Shipped ship(@PathVariable String id) {
        String order = Input.word("id", id, 40);
        NotificationStore.Kept kept = store.ship(order)
                .orElseThrow(() -> new ResponseStatusException(
                        HttpStatus.NOT_FOUND, "there is no order with this id that belongs to somebody"));
        int recipients = hub.recipients(ChannelName.of(NotificationStore.channel(kept.user())));
        return new Shipped(order, "shipped", kept.id(), recipients);
    }
}
