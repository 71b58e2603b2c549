package dev.millrace.showcase.chat;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Listener;
import dev.millrace.hub.Subscriber;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Publication;
import dev.millrace.showcase.site.EventData;
import dev.millrace.spring.StreamClosed;
import dev.millrace.spring.StreamOpened;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Tells rooms who has come and who has left, as {@code userJoined} and {@code userLeft}: for those who are there now, and not
 * remembered. Somebody with two tabs in a room has come once, and leaves with the last.
 */
@Component
class Members {
    /** More streams than a hub has. */
    private static final int EVERYBODY = Integer.MAX_VALUE;

    private static final int MAX_NAMED = 200;

    /**
     * Who came or left, and who is there.
     *
     * @param activeUsers how many are there
     * @param users who they are, or the first of them
     */
    record Change(String userId, int activeUsers, List<String> users, Instant timestamp) {}

    private static final Comparator<Listener> FIRST_COME =
            Comparator.comparingLong(Listener::connectedAtMillis).thenComparing(Listener::clientId);

    private final Hub hub;
    private final EventData data;
    private final Clock clock;
    private CompletionStage<Boolean> last = CompletableFuture.completedFuture(true); // whether it was told

    Members(Hub hub, EventData data, Clock clock) {
        this.hub = hub;
        this.data = data;
        this.clock = clock;
    }

    @EventListener
    void came(StreamOpened event) {
        Subscriber who = event.subscriber();
        Room.userId(who.user())
                .ifPresent(userId -> Room.of(who).forEach(room -> inTurn(() -> joined(room, userId, who))));
    }

    @EventListener
    void left(StreamClosed event) {
        Subscriber who = event.subscriber();
        Room.userId(who.user()).ifPresent(userId -> Room.of(who).forEach(room -> inTurn(() -> left(room, userId))));
    }

    /** One after the other: so who is told last is told of everybody. Streams come and go on several threads. */
    private synchronized void inTurn(Supplier<CompletionStage<Boolean>> change) {
        last = last.handle((done, failure) -> true).thenCompose(done -> change.get());
    }

    private CompletionStage<Boolean> joined(String room, String userId, Subscriber who) {
        ChannelName channel = ChannelName.of(room);
        return hub.presence().of(channel, EVERYBODY).thenCompose(listeners -> {
            Listener self = who.listener();
            boolean isThereAlready =
                    listeners.stream().anyMatch(other -> isOf(other, userId) && FIRST_COME.compare(other, self) < 0);
            String change = change(userId, users(listeners));
            return isThereAlready
                    ? who.send("userJoined", change) // the others know
                    : tell(channel, "userJoined", change);
        });
    }

    private CompletionStage<Boolean> left(String room, String userId) {
        ChannelName channel = ChannelName.of(room);
        return hub.presence()
                .of(channel, EVERYBODY)
                .thenCompose(listeners -> listeners.stream().anyMatch(other -> isOf(other, userId))
                        ? CompletableFuture.completedFuture(false)
                        : tell(channel, "userLeft", change(userId, users(listeners))));
    }

    private static boolean isOf(Listener listener, String userId) {
        return Room.userId(listener.user()).filter(userId::equals).isPresent();
    }

    private CompletionStage<Boolean> tell(ChannelName channel, String name, String change) {
        return hub.publish(Publication.to(channel, change).named(name).unkept()).thenApply(receipt -> true);
    }

    private String change(String userId, List<String> users) {
        List<String> named = users.subList(0, Math.min(users.size(), MAX_NAMED));
        return data.of(new Change(userId, users.size(), named, clock.instant()));
    }

    private static List<String> users(List<Listener> listeners) {
        return listeners.stream()
                .flatMap(listener -> Room.userId(listener.user()).stream())
                .distinct()
                .sorted()
                .toList();
    }
}
