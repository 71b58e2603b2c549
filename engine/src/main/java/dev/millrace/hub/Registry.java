package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The open streams of this node by their ids, how many listen to what, and for two minutes what ended streams were steered to.
 * Thread-safe.
 */
final class Registry {
    /** For so long a stream that comes back finds its channels. */
    private static final long RETURN_MILLIS = 120_000;

    private static final int MAX_REMEMBERED = 10_000;

    private record Remembered(Optional<String> user, Steering steering, long untilMillis) {}

    private final Hub hub;
    private final Map<String, Subscriber> open = new ConcurrentHashMap<>();
    private final Map<String, Remembered> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };
    private final Demand demand = new Demand();
    private final LongAdder connectedAtSum = new LongAdder();

    Registry(Hub hub) {
        this.hub = hub;
    }

    Demand demand() {
        return demand;
    }

    int size() {
        return open.size();
    }

    Collection<Subscriber> all() {
        return open.values();
    }

    /** Those of a user. */
    List<Subscriber> of(String user) {
        return open.values().stream()
                .filter(subscriber -> subscriber.user().filter(user::equals).isPresent())
                .toList();
    }

    Optional<Subscriber> find(String id) {
        return Optional.ofNullable(open.get(id));
    }

    /**
     * What a stream with this id of this user was steered to: the one that it replaces, or one that ended lately.
     *
     * @throws ClientIdTakenException if a live stream of another user has the id
     */
    Optional<Steering> steeringOf(String id, Optional<String> user) {
        Subscriber live = open.get(id);
        if (live != null) {
            if (!live.user().equals(user)) {
                throw new ClientIdTakenException();
            }
            return Optional.ofNullable(live.steering());
        }
        synchronized (ended) {
            Remembered was = ended.get(id);
            boolean isOwn = was != null
                    && was.user().equals(user)
                    && was.untilMillis() > hub.clock().millis();
            return isOwn && was != null ? Optional.of(was.steering()) : Optional.empty();
        }
    }

    /** A stream of this name is opened on another node: ends the one here. Empty where there was none of late. */
    Optional<Outcome> makeWay(String id, Order.Mandate mandate) {
        Subscriber live = open.get(id);
        if (live == null) {
            Optional<Steering> earlier = steeringOf(id, mandate.user());
            earlier.ifPresent(any -> forget(id));
            return earlier.map(Outcome.Yielded::new);
        }
        if (!mandate.covers(live.user())) {
            return Optional.of(new Outcome.Foreign());
        }
        if (open.remove(id, live)) { // so that its end is not remembered here
            hub.presence().left(live.listener());
        }
        live.close(Notice.Reason.REPLACED);
        return Optional.of(
                new Outcome.Yielded(Optional.ofNullable(live.steering()).orElse(Steering.NONE)));
    }

    private void forget(String id) {
        synchronized (ended) {
            ended.remove(id);
        }
    }

    /** Adds a stream; one with the same id is told that it was replaced. */
    void add(Subscriber subscriber) {
        demand.add(subscriber.channels());
        connectedAtSum.add(subscriber.connectedAtMillis());
        Subscriber replaced = open.put(subscriber.id(), subscriber);
        if (replaced != null) {
            replaced.close(Notice.Reason.REPLACED);
        }
        hub.presence().arrived(subscriber.listener());
    }

    void moved(Subscriber subscriber, ChannelSet old) {
        demand.add(subscriber.channels());
        demand.remove(old);
        hub.presence().arrived(subscriber.listener());
    }

    void remove(Subscriber subscriber) {
        demand.remove(subscriber.channels());
        connectedAtSum.add(-subscriber.connectedAtMillis());
        boolean wasCurrent = open.remove(subscriber.id(), subscriber);
        Steering steering = subscriber.steering();
        if (wasCurrent && steering != null) {
            synchronized (ended) {
                ended.remove(subscriber.id()); // the newest stand last
                ended.put(
                        subscriber.id(),
                        new Remembered(subscriber.user(), steering, hub.clock().millis() + RETURN_MILLIS));
            }
        }
        if (wasCurrent) {
            hub.presence().left(subscriber.listener());
        }
    }

    long averageAgeMillis() {
        int count = open.size();
        return count == 0 ? 0 : Math.max(0, hub.clock().millis() - connectedAtSum.sum() / count);
    }
}
