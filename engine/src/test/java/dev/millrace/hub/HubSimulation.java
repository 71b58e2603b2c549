package dev.millrace.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * A hub with publishers and clients that do anything at any time, on clocks and loops turned by hand.
 *
 * <p>What each client receives, plus the gaps that it is told, must be the retained order of its channels, and nothing twice. Run one
 * seed again with {@code -Dmillrace.seed=N}.
 */
class HubSimulation {
    private static final int STEPS = Integer.getInteger("millrace.steps", 1_000_000);
    private static final int STEPS_PER_WORLD = 5_000;

    private final HandClock clock = new HandClock();
    private final List<HandLoop> loops = List.of(new HandLoop(), new HandLoop());
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final Map<ChannelName, List<Position>> published = new HashMap<>();
    private final Bookmarks bookmarks = new MemoryBookmarks(1000);
    private Random random = new Random(0);
    private HandLoop own = new HandLoop();
    private SimulatedLogs logs = SimulatedLogs.IN_MEMORY;
    private EventLog log = logs.open(retention(), clock, Optional.empty());
    private Hub hub = newHub();

    /** A world whose events these logs keep. */
    static HubSimulation on(SimulatedLogs logs) {
        HubSimulation world = new HubSimulation();
        world.hub.close();
        world.own = new HandLoop();
        world.logs = logs;
        world.log = logs.open(world.retention(), world.clock, Optional.empty());
        world.hub = world.newHub();
        return world;
    }

    @Test
    void receivesAllOrIsToldOfItsGaps() {
        live(STEPS / STEPS_PER_WORLD, HubSimulation::new);
    }

    /** Lets so many worlds live, each with another seed. */
    static void live(int worlds, Supplier<HubSimulation> newWorld) {
        long received = 0;
        long gaps = 0;
        Integer only = Integer.getInteger("millrace.seed");
        int[] seeds = only == null ? IntStream.range(0, worlds).toArray() : new int[] {only};
        for (int seed : seeds) {
            HubSimulation world = newWorld.get();
            try {
                world.live(new Random(seed));
                world.hub.close();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
            received +=
                    world.clients.stream().mapToLong(client -> client.received).sum();
            gaps += world.clients.stream().mapToLong(client -> client.gaps).sum();
        }
        System.out.printf(
                "HubSimulation: %d steps, %d events received, %d gaps announced%n",
                seeds.length * STEPS_PER_WORLD, received, gaps);
        assertThat(received).as("a simulation in which something happens").isGreaterThan(seeds.length * 100L);
        assertThat(gaps).as("a simulation in which something is lost").isGreaterThan(seeds.length);
    }

    private void live(Random seeded) {
        random = seeded;
        for (int i = 0; i < 15; i++) {
            clients.add(new SimulatedClient(this, i, loops.get(i % loops.size()), random));
        }
        for (int step = 0; step < STEPS_PER_WORLD; step++) {
            step();
        }
        settle();
    }

    private void step() {
        SimulatedClient client = clients.get(random.nextInt(clients.size()));
        int dice = random.nextInt(1000);
        if (dice < 300) {
            publish();
        } else if (dice < 550) {
            loops.get(random.nextInt(loops.size())).turn();
        } else if (dice < 800) {
            client.read();
        } else if (dice < 880) {
            connectOrLeave(client);
        } else if (dice < 920) {
            client.steer();
        } else if (dice < 970) {
            pass(random.nextInt(1000));
        } else if (dice < 985) {
            logs.retention(log, retention());
        } else if (dice < 990) {
            clock.jump(random.nextInt(7_200_000) - 3_600_000L);
        } else if (dice < 992) {
            pass(random.nextInt(100_000));
        } else if (dice < 993) {
            restart();
        } else if (dice < 996) {
            settle();
        } else {
            own.turnAll();
        }
    }

    private void connectOrLeave(SimulatedClient client) {
        if (!client.isConnected()) {
            client.connect();
        } else if (random.nextInt(4) == 0) {
            client.vanish();
        } else if (random.nextInt(2) == 0) {
            client.disconnect();
        }
    }

    private void publish() {
        List<Publication> batch = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            Publication publication =
                    Publication.to(CHANNELS.get(random.nextInt(CHANNELS.size())), "x".repeat(random.nextInt(200)));
            batch.add(random.nextInt(10) == 0 ? publication.unkept() : publication);
        }
        List<Receipt> receipts = hub.publish(batch).toCompletableFuture().join();
        for (int i = 0; i < batch.size(); i++) {
            if (batch.get(i).isKept()) {
                published
                        .computeIfAbsent(batch.get(i).channel(), c -> new ArrayList<>())
                        .add(receipts.get(i).position());
            }
        }
    }

    private void pass(int millis) {
        clock.pass(millis);
        loops.forEach(HandLoop::tick);
        own.tick();
    }

    private void restart() {
        loops.forEach(HandLoop::turnAll);
        clients.forEach(SimulatedClient::disconnect);
        loops.forEach(HandLoop::turnAll);
        clock.pass(1);
        hub.close();
        loops.forEach(HandLoop::turnAll);
        own = new HandLoop();
        log = logs.open(retention(), clock, Optional.of(log.last()));
        hub = newHub();
    }

    /** Everyone reads until nothing moves, and then nothing may be missing. */
    private void settle() {
        for (int i = 0; i < 2000; i++) {
            loops.forEach(HandLoop::turnAll);
            clients.forEach(SimulatedClient::read);
        }
        clients.forEach(SimulatedClient::requireComplete);
    }

    private Retention retention() {
        return new Retention(
                random.nextInt(3) == 0 ? 3 : 50,
                Duration.ofSeconds(random.nextInt(3) == 0 ? 1 : 600),
                random.nextInt(3) == 0 ? 8_000 : 200_000,
                Duration.ofMinutes(2));
    }

    private Hub newHub() {
        return Hub.builder()
                .log(log)
                .clock(clock)
                .monotonicClock(clock::monotonicMillis)
                .bookmarks(new Bookmarks() {
                    @Override
                    public java.util.concurrent.CompletionStage<Optional<Position>> find(Inbox inbox) {
                        return bookmarks.find(inbox);
                    }

                    @Override
                    public void move(Inbox inbox, Position written) {
                        bookmarks.move(inbox, written);
                    }

                    @Override
                    public void close() {} // they outlive a restart
                })
                .loop(own)
                .build();
    }

    // ---- what the clients ask ----

    Hub hub() {
        return hub;
    }

    List<ChannelName> channels() {
        return CHANNELS;
    }

    Position last() {
        return log.last();
    }

    /** The oldest published event of a channel between two places, both excluded. */
    Optional<Position> firstBetween(ChannelName channel, Position after, Position before) {
        List<Position> all = published.getOrDefault(channel, List.of());
        int found = Collections.binarySearch(all, after);
        int next = found >= 0 ? found + 1 : -found - 1;
        return next < all.size() && all.get(next).isBefore(before) ? Optional.of(all.get(next)) : Optional.empty();
    }

    /** The newest event of a channel that is no longer kept. */
    Position lostThrough(ChannelName channel) {
        return published.getOrDefault(channel, List.of()).stream()
                .filter(position -> position.isBefore(firstKept(channel)))
                .reduce((older, newer) -> newer)
                .orElse(new Position(0, 0));
    }

    private Position firstKept(ChannelName channel) {
        ChannelSet only = channel.equals(ChannelName.ALL)
                ? ChannelSet.NONE
                : ChannelSet.of(channel.value()).withoutBroadcasts();
        List<Event> first = new ArrayList<>();
        log.open(only, new Start.Earliest(), () -> {})
                .toCompletableFuture()
                .join()
                .poll(log.last(), 1, 1, first);
        return first.isEmpty() ? new Position(Long.MAX_VALUE, 0) : first.get(0).position();
    }

    private static final List<ChannelName> CHANNELS = List.of(
            ChannelName.ALL,
            ChannelName.of("c0"),
            ChannelName.of("c1"),
            ChannelName.of("c2"),
            ChannelName.of("c3"),
            ChannelName.of("c4"),
            ChannelName.of("c5"),
            ChannelName.of("c6"),
            ChannelName.of("d0"),
            ChannelName.of("d1"),
            ChannelName.of("d2"),
            ChannelName.of("user:0"),
            ChannelName.of("user:5"),
            ChannelName.of("user:10"));
}
