package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every log keeps to. Each implementation extends this and says how it is made. */
public abstract class EventLogContract {
    private static final ChannelName A = ChannelName.of("a");
    private static final ChannelName B = ChannelName.of("b");
    private static final int EVENTS_PER_CHANNEL = 20;

    /** Turned by hand. */
    protected final TestClock clock = new TestClock();

    private EventLog log;

    /** A new, empty log that keeps by this rule. */
    protected abstract EventLog newLog(Retention retention) throws Exception;

    @BeforeEach
    void open() throws Exception {
        log = newLog(new Retention(EVENTS_PER_CHANNEL, Duration.ofHours(1), 10_000_000, Duration.ofMinutes(2)));
    }

    @AfterEach
    void close() {
        log.close();
    }

    // ---- order ----

    @Test
    void placesEventsOneAfterAnother() {
        Position before = log.last();
        List<Receipt> receipts = append(to(A, "1"), to(B, "2"), to(A, "3"));

        assertThat(receipts).extracting(Receipt::position).isSorted().doesNotHaveDuplicates();
        assertThat(receipts.get(0).position()).isGreaterThan(before);
        assertThat(log.last()).isEqualTo(receipts.get(2).position());
        assertThat(data(read("*", new Start.After(before)))).containsExactly("1", "2", "3");
    }

    @Test
    void givesBackWhatWasPublished() {
        String data = "text \u0000 \u2028 \uFEFF \r\n \uD83D\uDE00";
        Position place = append(to(A, data).named("a name")).get(0).position();

        assertThat(read("a", new Start.Earliest()).events)
                .containsExactly(new Event(place, A, "a name", data, clock.millis(), true));
    }

    @Test
    void keepsOneOrderUnderConcurrentPublishers() throws Exception {
        ConcurrentLinkedQueue<Position> places = new ConcurrentLinkedQueue<>();
        ExecutorService publishers = Executors.newFixedThreadPool(4);
        for (int p = 0; p < 4; p++) {
            ChannelName own = ChannelName.of("p" + p);
            publishers.execute(() -> {
                for (int i = 0; i < EVENTS_PER_CHANNEL; i++) {
                    places.add(append(to(own, "" + i)).get(0).position());
                }
            });
        }
        publishers.shutdown();
        assertThat(publishers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        List<Event> events = read("p*", new Start.Earliest()).events;
        assertThat(events).extracting(Event::position).isSorted().containsExactlyInAnyOrderElementsOf(places);
        for (int p = 0; p < 4; p++) {
            String own = "p" + p;
            assertThat(events.stream()
                            .filter(e -> e.channel().value().equals(own))
                            .map(e -> Integer.valueOf(e.data())))
                    .isSorted();
        }
    }

    @Test
    void tellsItsFollowerOnlyWhenEventsCanBeRead() throws Exception {
        Semaphore told = new Semaphore(0);
        List<Event> passed = new ArrayList<>();
        log.follow(new EventLog.Follower() {
            @Override
            public void appended() {
                told.release();
            }

            @Override
            public void passing(Event event) {
                passed.add(event);
                told.release();
            }
        });
        log.hear(ChannelSet.of("a")).toCompletableFuture().get(10, TimeUnit.SECONDS);
        Position before = log.last();
        assertThat(log.hears(ChannelSet.of("a"), before)).isTrue();
        append(to(A, "kept"));
        assertThat(told.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        List<Event> read = new ArrayList<>();
        log.tail(before).poll(log.last(), 10, 1000, read);
        assertThat(read).extracting(Event::data).containsExactly("kept");

        append(to(A, "passing").unkept());
        assertThat(told.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        assertThat(passed).extracting(Event::data).containsExactly("passing");
        assertThat(passed).extracting(Event::isKept).containsExactly(false);
        assertThat(data(read("a", new Start.Earliest()))).containsExactly("kept");
    }

    // ---- where readers begin ----

    @Test
    void readsOnlyTheChannelsThatAreAskedFor() {
        append(to(A, "1"), to(B, "2"), to(ChannelName.of("ab"), "3"), to(ChannelName.ALL, "4"));

        assertThat(data(read("a", new Start.Earliest()))).containsExactly("1", "4");
        assertThat(data(read("a*", new Start.Earliest()))).containsExactly("1", "3", "4");
        assertThat(data(read(ChannelSet.NONE, new Start.Earliest()))).containsExactly("4");
        assertThat(data(read(ChannelSet.of("b").withoutBroadcasts(), new Start.Earliest())))
                .containsExactly("2");
    }

    @Test
    void beginsWhereTheReaderSays() {
        Position first = append(to(A, "1")).get(0).position();
        append(to(B, "2"), to(A, "3"), to(B, "4"));

        assertThat(data(read("*", new Start.After(first)))).containsExactly("2", "3", "4");
        assertThat(data(read("*", new Start.Latest()))).isEmpty();
        assertThat(data(read("a", new Start.Newest(1)))).containsExactly("3");
        assertThat(data(read("*", new Start.Newest(3)))).containsExactly("2", "3", "4");
        assertThat(data(read("*", new Start.Newest(0)))).isEmpty();
        assertThat(data(read("*", new Start.Newest(99)))).containsExactly("1", "2", "3", "4");
    }

    @Test
    void stopsWhereItIsToldTo() {
        List<Receipt> receipts = append(to(A, "1"), to(A, "2"), to(A, "3"));
        Position second = receipts.get(1).position();
        assertThat(data(read(ChannelSet.of("a"), new Start.Earliest(), second, 100)))
                .containsExactly("1", "2");
    }

    @Test
    void deliversTheSameInPagesOfAnySize() {
        for (int i = 0; i < EVENTS_PER_CHANNEL; i++) {
            append(to(A, "a" + i), to(B, "b" + i));
        }
        List<String> whole = data(read("*", new Start.Earliest()));
        assertThat(whole).hasSize(2 * EVENTS_PER_CHANNEL);
        for (int page : new int[] {1, 2, 7}) {
            assertThat(data(read(ChannelSet.of("a", "b"), new Start.Earliest(), log.last(), page)))
                    .isEqualTo(whole);
        }
    }

    // ---- retention ----

    @Test
    void announcesAGapOnceTrimmed() {
        List<Position> places = new ArrayList<>();
        for (int i = 0; i < EVENTS_PER_CHANNEL + 5; i++) {
            places.add(append(to(A, "" + i)).get(0).position());
        }
        Position newestLost = places.get(4);

        Reading exact = read("a", new Start.After(newestLost));
        assertThat(exact.gaps).isEmpty();
        assertThat(exact.events).hasSize(EVENTS_PER_CHANNEL);

        Reading oneMore = read("a", new Start.After(places.get(3)));
        assertThat(oneMore.gaps).containsExactly(new Gap(Optional.of("a"), Optional.of(places.get(3)), newestLost));
        assertThat(oneMore.events).hasSize(EVENTS_PER_CHANNEL);
    }

    @Test
    void announcesNoGapForAChannelThatLostNothing() {
        Position start = append(to(B, "b")).get(0).position();
        for (int i = 0; i < EVENTS_PER_CHANNEL + 1; i++) {
            append(to(A, "" + i));
        }
        assertThat(read("b", new Start.After(start)).gaps).isEmpty();
        assertThat(read("*", new Start.After(start)).gaps)
                .extracting(Gap::channel)
                .containsExactly(Optional.of("a"));
    }

    @Test
    void announcesLostBroadcastsWithoutAChannel() {
        Position start = append(to(ChannelName.ALL, "0")).get(0).position();
        for (int i = 0; i < EVENTS_PER_CHANNEL + 1; i++) {
            append(to(ChannelName.ALL, "" + i));
        }
        assertThat(read("a", new Start.After(start)).gaps)
                .extracting(Gap::channel)
                .containsExactly(Optional.empty());
    }

    @Test
    void announcesNoGapForWhatWasGoneWhenAReaderBegan() {
        for (int i = 0; i < EVENTS_PER_CHANNEL + 5; i++) {
            append(to(A, "" + i));
        }
        assertThat(read("a", new Start.Earliest()).gaps).isEmpty();
        assertThat(read("a", new Start.Newest(3)).gaps).isEmpty();
        assertThat(read("a", new Start.Latest()).gaps).isEmpty();
    }

    @Test
    void dropsWhatIsTooOld() {
        Position before = log.last();
        append(to(A, "old"));
        clock.pass(Duration.ofMinutes(61));
        append(to(B, "young"));
        log.trim();

        Reading reading = read(ChannelSet.of("a", "b"), new Start.After(before), log.last(), 100);
        assertThat(data(reading)).containsExactly("young");
        assertThat(reading.gaps).extracting(Gap::channel).containsExactly(Optional.of("a"));
    }

    // ---- places that it does not know ----

    @Test
    void announcesAGapOnEveryChannelForAForeignPlace() {
        append(to(A, "1"), to(B, "2"));
        Position last = log.last();
        for (Position foreign :
                List.of(new Position(0, 0), new Position(last.epoch() + 1, 1), last.at(last.offset() + 1))) {
            Reading reading = read("a", new Start.After(foreign));
            assertThat(reading.gaps)
                    .extracting(Gap::channel)
                    .containsExactlyInAnyOrder(Optional.of("a"), Optional.empty());
            assertThat(reading.gaps).allMatch(gap -> gap.after().isEmpty());
            assertThat(data(reading)).containsExactly("1");
        }
    }

    // ---- idempotency ----

    @Test
    void placesAKeyOnce() {
        Receipt first = append(to(A, "1").withKey("k")).get(0);
        Receipt second = append(to(A, "1").withKey("k")).get(0);
        assertThat(second).isEqualTo(new Receipt(first.position(), true));
        assertThat(data(read("a", new Start.Earliest()))).containsExactly("1");

        assertThat(append(to(B, "1").withKey("k")).get(0).isRepeat())
                .as("of another channel")
                .isFalse();
    }

    @Test
    void refusesAKeyWithAnotherEvent() {
        append(to(A, "1").withKey("k"));
        for (Publication other :
                List.of(to(A, "2").withKey("k"), to(A, "1").named("n").withKey("k"))) {
            assertThatThrownBy(() -> append(to(B, "with it"), other))
                    .hasRootCauseInstanceOf(KeyConflictException.class);
        }
        assertThat(data(read("*", new Start.Earliest()))).as("all or none").containsExactly("1");
    }

    @Test
    void forgetsAKeyAfterItsWindow() {
        append(to(A, "1").withKey("k"));
        clock.pass(Duration.ofSeconds(121));
        assertThat(append(to(A, "2").withKey("k")).get(0).isRepeat()).isFalse();
    }

    @Test
    void placesAKeyOnceWhereRequestsRace() throws Exception {
        AtomicInteger repeats = new AtomicInteger();
        ExecutorService publishers = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            publishers.execute(() -> {
                try {
                    start.await();
                    repeats.addAndGet(append(to(A, "1").withKey("race")).get(0).isRepeat() ? 1 : 0);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        start.countDown();
        publishers.shutdown();
        assertThat(publishers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(repeats).hasValue(7);
        assertThat(data(read("a", new Start.Earliest()))).hasSize(1);
    }

    // ---- looking ----

    @Test
    void listsItsChannelsInPages() {
        append(to(A, "1"), to(B, "2"), to(A, "3"), to(ChannelName.ALL, "4"), to(ChannelName.of("ab"), "5"));
        assertThat(names("", "", 10)).containsExactly("a", "ab", "b");
        assertThat(names("a", "", 10)).containsExactly("a", "ab");
        assertThat(names("", "a", 1)).containsExactly("ab");
        ChannelSummary a = log.channels("a", "", 1).toCompletableFuture().join().get(0);
        assertThat(a.retained()).isEqualTo(2);
        assertThat(a.first()).isLessThan(a.last());
    }

    @Test
    void listsTheHubsOwnChannelToThoseWhoNameIt() {
        append(to(A, "1"), to(ChannelName.SYSTEM, "2"));
        assertThat(names("", "", 10)).containsExactly("a");
        assertThat(names("$", "", 10)).isEmpty();
        assertThat(names("$system", "", 10)).containsExactly("$system");
    }

    // ---- everything at once ----

    @Test
    void neverLosesInSilenceUnderRandomUse() {
        Random random = new Random(7);
        List<Event> all = new ArrayList<>();
        for (int round = 0; round < 200; round++) {
            for (int i = random.nextInt(10); i >= 0; i--) {
                Publication next = to(ChannelName.of("r" + random.nextInt(4)), "x".repeat(random.nextInt(100)));
                Position place = append(next).get(0).position();
                all.add(new Event(place, next.channel(), "", next.data(), 0, true));
            }
            Position start = all.get(random.nextInt(all.size())).position();
            ChannelSet set = random.nextBoolean() ? ChannelSet.of("r*") : ChannelSet.of("r1", "r3");
            requireWhole(all, set, start, read(set, new Start.After(start), log.last(), 1 + random.nextInt(30)));
        }
    }

    private static void requireWhole(List<Event> all, ChannelSet set, Position start, Reading reading) {
        for (Event event : all) {
            boolean isDue = set.contains(event.channel()) && start.isBefore(event.position());
            boolean isRead = reading.events.stream().anyMatch(e -> e.position().equals(event.position()));
            boolean isLost = reading.gaps.stream()
                    .anyMatch(gap -> gap.channel()
                                    .filter(c -> ChannelSet.of(c).contains(event.channel()))
                                    .isPresent()
                            && !gap.resumedAt().isBefore(event.position()));
            assertThat(isRead || (isDue && isLost) || !isDue)
                    .as("%s after %s", event, start)
                    .isTrue();
            assertThat(isRead && !isDue).as("%s was not asked for", event).isFalse();
        }
        assertThat(reading.events).extracting(Event::position).isSorted().doesNotHaveDuplicates();
    }

    // ---- helpers ----

    /** What a reader got. */
    private record Reading(List<Event> events, List<Gap> gaps) {}

    private static Publication to(ChannelName channel, String data) {
        return Publication.to(channel, data);
    }

    private List<Receipt> append(Publication... publications) {
        return log.append(List.of(publications)).toCompletableFuture().join();
    }

    private Reading read(String entry, Start start) {
        return read(ChannelSet.of(entry), start);
    }

    private Reading read(ChannelSet set, Start start) {
        return read(set, start, log.last(), 100);
    }

    private Reading read(ChannelSet set, Start start, Position until, int page) {
        Semaphore ready = new Semaphore(0);
        Cursor cursor =
                log.open(set, start, ready::release).toCompletableFuture().join();
        Reading reading = new Reading(new ArrayList<>(), new ArrayList<>());
        for (int polls = 0; polls < 10_000; polls++) {
            Cursor.State state = cursor.poll(until, page, 100_000, reading.events);
            reading.gaps.addAll(cursor.takeGaps());
            if (state == Cursor.State.IDLE) {
                return reading;
            }
            if (state == Cursor.State.LOADING) {
                try {
                    assertThat(ready.tryAcquire(20, TimeUnit.SECONDS))
                            .as("the page comes")
                            .isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        throw new AssertionError("a cursor that never comes to the end");
    }

    private static List<String> data(Reading reading) {
        return reading.events.stream().map(Event::data).toList();
    }

    private List<String> names(String prefix, String after, int limit) {
        return log.channels(prefix, after, limit).toCompletableFuture().join().stream()
                .map(summary -> summary.channel().value())
                .toList();
    }
}
