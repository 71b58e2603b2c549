package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client that comes and goes, reads when it likes, and checks what it gets.
 *
 * <p>For each channel it knows how far it is covered: everything up to there was received, or never asked for; and how far a gap was
 * announced. An event that skips one which is neither is a silent loss; one that does not come after all before is a double.
 */
final class SimulatedClient {
    private final HubSimulation world;
    private final HandLoop loop;
    private final Random random;
    private final boolean isInboxOwner;
    private final String clientId;
    private final Map<ChannelName, Position> covered = new HashMap<>();
    private final Map<ChannelName, Position> announced = new HashMap<>();
    private final Position start = new Position(0, 0);
    private ChannelSet channels; // what it asks for
    private ChannelSet walked = ChannelSet.NONE; // what it was told that it has
    private ChannelSet listening = ChannelSet.NONE; // what it has read that it has
    private Optional<String> lastId = Optional.empty();
    private Position reached = new Position(0, 0); // the newest place received
    private @Nullable BufferSink sink;
    private @Nullable Subscriber subscriber;
    private boolean isForgiving;
    private boolean hasBeenWelcomed;
    int received;
    int gaps;

    SimulatedClient(HubSimulation world, int number, HandLoop loop, Random random) {
        this.world = world;
        this.loop = loop;
        this.random = random;
        this.isInboxOwner = number % 5 == 0;
        this.clientId = String.format("client-of-simulation-%02d", number);
        this.channels = isInboxOwner
                ? ChannelSet.of("user:" + number, "c1")
                : ChannelSet.of(number % 3 == 0 ? "c*" : "c" + number % 7, "d" + number % 3);
    }

    boolean isConnected() {
        return sink != null;
    }

    void connect() {
        Subscription request = Subscription.to(channels).as(clientId);
        isForgiving = false;
        if (random.nextInt(10) == 0) {
            lastId = Optional.empty();
        }
        if (isInboxOwner && !hasBeenWelcomed && random.nextInt(2) == 0) {
            lastId = Optional.of(world.last().toString()); // from before its user had an inbox
        }
        if (lastId.isPresent() && (!isInboxOwner || random.nextInt(4) == 0)) {
            request = request.after(lastId.get());
        } else if (!isInboxOwner && random.nextInt(3) == 0) {
            isForgiving = true;
            request = random.nextBoolean()
                    ? request.after(Subscription.EARLIEST)
                    : request.withHistory(random.nextInt(20));
        }
        Subscription asked = request;
        BufferSink mine = new BufferSink(1 + random.nextInt(3), this::told);
        sink = mine;
        loop.execute(() -> {
            if (sink == mine) {
                subscriber = world.hub()
                        .open(asked, mine, loop)
                        .toCompletableFuture()
                        .join();
            }
        });
    }

    void disconnect() {
        Subscriber gone = subscriber;
        sink = null; // what was in the buffer is lost on the way
        subscriber = null;
        if (gone != null) {
            loop.execute(gone::disconnected);
        }
    }

    /** The connection stays half open: the hub has not noticed that the client is gone. */
    void vanish() {
        sink = null;
        subscriber = null;
    }

    void steer() {
        Subscriber mine = subscriber;
        if (mine != null && !mine.isEnded()) {
            String entry = random.nextInt(4) == 0 ? "d*" : "c" + random.nextInt(7);
            var unused = random.nextBoolean() ? mine.subscribe(entry) : mine.unsubscribe(entry);
            channels = mine.channels();
        }
    }

    /** Reads what is there. */
    void read() {
        BufferSink mine = sink;
        if (mine == null) {
            return;
        }
        for (Object item : mine.read()) {
            if (item instanceof Event event) {
                accept(event);
            } else if (item instanceof Notice.Gap notice) {
                accept(notice.gap());
            } else if (item instanceof Notice.Connected connected) {
                lastId = Optional.of(connected.position().toString());
                listening = connected.channels();
                hasBeenWelcomed = true; // from now on the inbox is the client's
            } else if (item instanceof Notice.Subscribed subscribed) {
                listening = listening.with(subscribed.channel());
            } else if (item instanceof Notice.Unsubscribed unsubscribed) {
                listening = listening.without(unsubscribed.channel());
            }
        }
        if (mine.isEnded) {
            disconnect();
        } else if (subscriber != null) {
            Subscriber current = subscriber;
            loop.execute(current::writable);
        }
    }

    private void accept(Event event) {
        ChannelName channel = event.channel();
        assertThat(listening.contains(channel))
                .as(clientId + " silent foreign event on " + channel + " at " + event.position())
                .isTrue();
        if (event.isKept()) {
            Position before = covered.getOrDefault(channel, start);
            assertThat(event.position()).as(clientId + " silent double").isGreaterThan(reached);
            world.firstBetween(channel, max(before, announced.getOrDefault(channel, start)), event.position())
                    .ifPresent(lost -> fail(clientId + " silent loss of " + lost + " on " + channel + " before "
                            + event.position() + ", covered through " + before));
            covered.merge(channel, event.position(), SimulatedClient::max);
            reached = event.position();
            lastId = Optional.of(event.position().toString());
            received++;
        } else {
            assertThat(event.position())
                    .as("an unkept event stands after its place")
                    .isLessThanOrEqualTo(world.last());
        }
    }

    private void accept(dev.millrace.log.Gap gap) {
        gaps++;
        gap.after().ifPresent(after -> assertThat(after).isLessThan(gap.resumedAt()));
        for (ChannelName channel : world.channels()) {
            boolean concerns = gap.channel()
                    .map(entry -> ChannelSet.of(entry).withoutBroadcasts().contains(channel))
                    .orElse(channel.equals(ChannelName.ALL));
            if (concerns) {
                announced.merge(channel, gap.resumedAt(), SimulatedClient::max);
            }
        }
    }

    /** What the hub says, at the moment when it says it. */
    private void told(Notice notice) {
        if (notice instanceof Notice.Connected connected) {
            welcomed(connected);
            walked = connected.channels();
        } else if (notice instanceof Notice.Subscribed subscribed) {
            ChannelSet more = walked.with(subscribed.channel());
            Subscriber mine = subscriber;
            Position place = mine == null ? world.last() : mine.position();
            for (ChannelName channel : world.channels()) {
                if (more.contains(channel) && !walked.contains(channel)) {
                    covered.merge(channel, place, SimulatedClient::max);
                }
            }
            walked = more;
        } else if (notice instanceof Notice.Unsubscribed unsubscribed) {
            walked = walked.without(unsubscribed.channel());
        }
    }

    private void welcomed(Notice.Connected connected) {
        boolean isFirst = connected.resumed().isEmpty();
        for (ChannelName channel : world.channels()) {
            boolean isOwnInbox = isInboxOwner && channel.value().startsWith("user:") && hasBeenWelcomed;
            if (isFirst && isForgiving) {
                covered.put(channel, max(connected.position(), world.lostThrough(channel)));
            } else if (isFirst && !isOwnInbox) {
                covered.put(channel, world.last());
            } else if (!isFirst && !(hasBeenWelcomed && listening.contains(channel))) {
                covered.put(channel, connected.position()); // new to it: it counts from the id that came
            }
        }
        boolean isOlder = connected.position().isBefore(reached);
        if (isFirst ? !isInboxOwner : isInboxOwner && isOlder) {
            reached = connected.position();
        }
        hasBeenWelcomed |= !isFirst; // what comes after an id is the client's, whether it reads this or not
    }

    private static Position max(Position a, Position b) {
        return a.isBefore(b) ? b : a;
    }

    /** Fails if anything is missing now that all is quiet. */
    void requireComplete() {
        Subscriber mine = subscriber;
        if (mine == null || mine.isEnded()) {
            return;
        }
        assertThat(mine.isLive()).as("at the tail when all is quiet").isTrue();
        for (ChannelName channel : world.channels()) {
            if (mine.channels().contains(channel)) {
                Position before = covered.getOrDefault(channel, start);
                world.firstBetween(
                                channel,
                                max(before, announced.getOrDefault(channel, start)),
                                world.last().at(Long.MAX_VALUE))
                        .ifPresent(lost ->
                                fail("silent loss of " + lost + " on " + channel + ", covered through " + before));
            }
        }
    }
}
