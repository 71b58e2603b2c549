package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.hub.EventSink;
import dev.millrace.hub.Form;
import dev.millrace.hub.Notice;
import dev.millrace.hub.Subscriber;
import dev.millrace.hub.Subscription;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * A client that keeps its last id, and may come back on any node; it remembers everything that it was sent.
 *
 * <p>The data of the events is a number, which grows by channel.
 */
final class Client implements EventSink<List<Event>> {
    private static final Form<List<Event>> FORM = new Form<>() {
        @Override
        public List<Event> encode(List<Event> events) {
            return List.copyOf(events);
        }

        @Override
        public void release(List<Event> batch) {}
    };

    private final Subscription asked;
    private final List<Object> chain = new ArrayList<>(); // events and gaps; guarded by this
    private String lastId = ""; // guarded by this
    private Optional<Notice.Reason> closedFor = Optional.empty(); // guarded by this
    private final List<Notice> notices = new ArrayList<>(); // guarded by this
    private Optional<Subscriber> subscriber = Optional.empty();

    Client(String... channels) {
        this(Subscription.to(ChannelSet.of(channels)));
    }

    Client(Subscription asked) {
        this.asked = asked;
    }

    /** Opens a stream on this node, with the last id that it has. */
    Client connect(TestNode node) {
        CompletableFuture<Subscriber> opened = new CompletableFuture<>();
        Subscription request;
        synchronized (this) {
            request = lastId.isEmpty() ? asked : asked.after(lastId);
            closedFor = Optional.empty();
        }
        node.loop()
                .execute(() -> node.hub().open(request, this, node.loop()).whenComplete((open, failure) -> {
                    if (failure == null) {
                        opened.complete(open);
                    } else {
                        opened.completeExceptionally(failure);
                    }
                }));
        subscriber = Optional.of(TestNode.answer(opened));
        return this;
    }

    /** Opens a stream, and does not wait until it is open. Called on the node's loop. */
    void connectLater(TestNode node) {
        node.hub().open(asked, this, node.loop());
    }

    /** Its connection breaks. */
    void disconnect(TestNode node) {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        Subscriber was = subscriber();
        node.loop().execute(() -> {
            was.disconnected();
            gone.complete(null);
        });
        TestNode.answer(gone);
    }

    Subscriber subscriber() {
        return subscriber.orElseThrow();
    }

    synchronized List<Event> events() {
        return chain.stream()
                .filter(Event.class::isInstance)
                .map(Event.class::cast)
                .toList();
    }

    synchronized List<String> data() {
        return events().stream().map(Event::data).toList();
    }

    synchronized List<Gap> gaps() {
        return chain.stream().filter(Gap.class::isInstance).map(Gap.class::cast).toList();
    }

    synchronized Optional<Notice.Reason> closedFor() {
        return closedFor;
    }

    /** What was sent to this one client. */
    synchronized List<Notice.Message> messages() {
        return notices.stream()
                .filter(Notice.Message.class::isInstance)
                .map(Notice.Message.class::cast)
                .toList();
    }

    synchronized boolean isConnected() {
        return notices.stream().anyMatch(Notice.Connected.class::isInstance);
    }

    synchronized boolean isExpired() {
        return notices.stream().anyMatch(Notice.Expired.class::isInstance);
    }

    /** The hub's words, in order. */
    synchronized List<Notice> notices() {
        return List.copyOf(notices);
    }

    synchronized String lastId() {
        return lastId;
    }

    boolean has(String data) {
        return data().contains(data);
    }

    /**
     * Every event that was acknowledged was received, in order and once, or a gap stands where it is missing.
     *
     * @param acknowledged by channel
     */
    synchronized void requireWhole(Map<String, Set<Integer>> acknowledged) {
        Map<String, Integer> reached = new TreeMap<>();
        Map<String, Boolean> isForgiven = new TreeMap<>(); // since the last event
        for (Object item : chain) {
            if (item instanceof Gap gap) {
                for (String channel : acknowledged.keySet()) {
                    boolean isMeant = gap.channel()
                            .map(entry -> ChannelSet.of(entry).contains(new dev.millrace.log.ChannelName(channel)))
                            .orElse(channel.startsWith("$"));
                    isForgiven.merge(channel, isMeant, Boolean::logicalOr);
                }
            } else if (item instanceof Event event && event.isKept()) {
                String channel = event.channel().value();
                int number = Integer.parseInt(event.data());
                int before = reached.getOrDefault(channel, -1);
                assertThat(number)
                        .as("%s comes once and in order: %s", channel, chain)
                        .isGreaterThan(before);
                requireNone(acknowledged, channel, before, number, isForgiven.getOrDefault(channel, false));
                reached.put(channel, number);
                isForgiven.put(channel, false);
            }
        }
        for (String channel : acknowledged.keySet()) {
            requireNone(
                    acknowledged,
                    channel,
                    reached.getOrDefault(channel, -1),
                    Integer.MAX_VALUE,
                    isForgiven.getOrDefault(channel, false));
        }
        assertThat(events().stream().filter(Event::isKept).map(Event::position)).doesNotHaveDuplicates();
    }

    private static void requireNone(
            Map<String, Set<Integer>> acknowledged, String channel, int after, int before, boolean isForgiven) {
        List<Integer> lost = acknowledged.getOrDefault(channel, Set.of()).stream()
                .filter(number -> number > after && number < before)
                .sorted()
                .toList();
        assertThat(isForgiven || lost.isEmpty())
                .as("%s lost %s in silence between %d and %d", channel, lost, after, before)
                .isTrue();
    }

    // ---- the sink ----

    @Override
    public Form<List<Event>> form() {
        return FORM;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public boolean isDrained() {
        return true;
    }

    @Override
    public long progress() {
        return 0;
    }

    @Override
    public synchronized void write(List<Event> batch) {
        chain.addAll(batch);
        for (Event event : batch) {
            if (event.isKept()) {
                lastId = event.position().toString();
            }
        }
    }

    @Override
    public synchronized void tell(Notice notice) {
        notices.add(notice);
        if (notice instanceof Notice.Gap missing) {
            chain.add(missing.gap());
        } else if (notice instanceof Notice.Connected connected) {
            lastId = connected.position().toString();
        } else if (notice instanceof Notice.Closing closing) {
            closedFor = Optional.of(closing.reason());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void end() {}

    @Override
    public void abort() {}
}
