package dev.millrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a log with an archive asks of its window. */
class EventWindowTest {
    private static final ChannelName A = ChannelName.of("a");
    private static final Retention RETENTION =
            new Retention(100, Duration.ofHours(1), 1_000_000, Duration.ofMinutes(2));

    private final EventWindow window = new EventWindow(new Position(1, 0), RETENTION);

    @Test
    void sendsReadersToTheArchiveForAnEventThatItSkipped() {
        window.add(List.of(event(1)));
        window.skip(A, 2);
        window.add(List.of(event(3)));

        List<Event> read = new ArrayList<>();
        Cursor cursor = cursorAfter(new Position(1, 1), Optional.of(new ArchiveOf(List.of(event(2), event(3)))));
        Cursor.State state = Cursor.State.DELIVERED;
        for (int polls = 0; polls < 10 && state != Cursor.State.IDLE; polls++) {
            state = cursor.poll(new Position(1, 3), 10, 1000, read);
        }
        assertThat(read).extracting(Event::offset).containsExactly(2L, 3L);
        assertThat(cursor.takeGaps()).isEmpty();
    }

    @Test
    void tellsItsTailOfAnEventThatItSkipped() {
        Cursor tail = window.tail(new Position(1, 0));
        window.skip(A, 1);
        tail.poll(new Position(1, 1), 10, 1000, new ArrayList<>());
        assertThat(tail.takeGaps()).isNotEmpty();
    }

    @Test
    void sendsReadersToTheArchiveForWhatItDidNotHear() {
        window.leaveAll(Set.of());
        window.add(List.of(event(1)));
        window.join(List.of(A));
        window.add(List.of(event(2), event(3)));
        assertThat(window.hears(ChannelSet.of("a"), new Position(1, 0))).isFalse();
        assertThat(window.hears(ChannelSet.of("a"), new Position(1, 1))).isTrue();
        assertThat(window.hears(ChannelSet.of("a*"), new Position(1, 1))).isFalse();

        SlowArchive archive = new SlowArchive();
        List<Event> read = new ArrayList<>();
        Cursor late = open(new Start.After(new Position(1, 0)), archive);
        assertThat(late.poll(new Position(1, 3), 10, 1000, read)).isEqualTo(Cursor.State.LOADING);
        archive.answer(List.of(event(1)), 1);
        late.poll(new Position(1, 3), 10, 1000, read);
        late.poll(new Position(1, 3), 10, 1000, read);
        assertThat(read).extracting(Event::offset).containsExactly(1L, 2L, 3L);
        assertThat(late.takeGaps()).isEmpty();

        window.leave(List.of(A));
        window.reach(new Position(1, 5));
        assertThat(window.last()).isEqualTo(new Position(1, 5));
        Cursor left = open(new Start.After(new Position(1, 3)), new SlowArchive());
        assertThat(left.poll(new Position(1, 5), 10, 1000, read)).isEqualTo(Cursor.State.LOADING);
    }

    @Test
    void goesOnWithSomeChannelsWhereItHeardAll() {
        window.leaveAll(Set.of());
        window.reach(new Position(1, 2));
        window.joinAll();
        window.add(List.of(event(3)));
        window.leaveAll(Set.of(A));
        window.add(List.of(event(4)));
        assertThat(window.hears(ChannelSet.of("a"), new Position(1, 2))).isTrue();
        assertThat(window.hears(ChannelSet.of("b"), new Position(1, 4))).isFalse();
        List<Event> read = new ArrayList<>();
        cursorAfter(new Position(1, 2), Optional.of(new SlowArchive())).poll(new Position(1, 4), 10, 1000, read);
        assertThat(read).extracting(Event::offset).containsExactly(3L, 4L);
    }

    @Test
    void knowsWhatShouldHaveComeAndDidNot() {
        window.leaveAll(Set.of());
        window.join(List.of(A));
        window.add(List.of(event(1)));
        window.reach(new Position(1, 7));
        assertThat(window.follow(A, 1)).isEmpty();
        assertThat(window.follow(ChannelName.of("b"), 5)).as("it is not heard").isEmpty();
        assertThat(window.follow(A, 5))
                .contains(new Gap(Optional.of("a"), Optional.of(new Position(1, 1)), new Position(1, 5)));
        assertThat(window.follow(A, 5)).as("told once").isEmpty();
        Cursor behind = open(new Start.After(new Position(1, 1)), new SlowArchive());
        assertThat(behind.poll(new Position(1, 7), 10, 1000, new ArrayList<>())).isEqualTo(Cursor.State.LOADING);
    }

    @Test
    void goesOnWhereTwoLivesPart() {
        window.restart(new Position(2, 5), Map.of(1L, 5L));
        window.add(List.of(new Event(new Position(2, 6), A, "", "new", 0, true)));

        for (long stood : new long[] {3, 5, 8}) {
            List<Event> read = new ArrayList<>();
            Cursor cursor = cursorAfter(new Position(1, stood), Optional.empty());
            cursor.poll(new Position(2, 6), 10, 1000, read);
            assertThat(cursor.takeGaps())
                    .allMatch(gap -> gap.after().isEmpty())
                    .extracting(Gap::resumedAt)
                    .containsOnly(new Position(2, 5));
            assertThat(read).extracting(Event::data).containsExactly("new");
        }
        assertThat(cursorAfter(new Position(1, 3), Optional.empty()).position()).isEqualTo(new Position(2, 3));
        assertThat(cursorAfter(new Position(1, 8), Optional.empty()).position()).isEqualTo(new Position(2, 5));
    }

    @Test
    void tellsAReaderThatBeganAtTheEndOfWhatItLostSince() {
        SlowArchive archive = new SlowArchive();
        Cursor cursor = open(new Start.Latest(), archive);
        window.skip(A, 1);
        assertThat(cursor.poll(new Position(1, 1), 10, 1000, new ArrayList<>())).isEqualTo(Cursor.State.LOADING);

        archive.answer(List.of(), 1, new Gap(Optional.of("a"), Optional.empty(), new Position(1, 1)));
        cursor.poll(new Position(1, 1), 10, 1000, new ArrayList<>());
        assertThat(cursor.takeGaps())
                .containsExactly(new Gap(Optional.of("a"), Optional.of(new Position(1, 0)), new Position(1, 1)));
    }

    @Test
    void isIdleAtItsLimitWhateverIsMissingAfterIt() {
        window.add(List.of(event(1)));
        Cursor cursor = open(new Start.After(new Position(1, 1)), new SlowArchive());
        window.skip(A, 2);
        assertThat(cursor.poll(new Position(1, 1), 10, 1000, new ArrayList<>())).isEqualTo(Cursor.State.IDLE);
    }

    @Test
    void forgetsAPageOfChannelsThatAreNoLongerAskedFor() {
        SlowArchive archive = new SlowArchive();
        window.skip(A, 1);
        Cursor cursor = open(new Start.After(new Position(1, 0)), archive);
        List<Event> read = new ArrayList<>();
        cursor.poll(new Position(1, 1), 10, 1000, read);
        cursor.channels(ChannelSet.of("b"));
        archive.answer(List.of(event(1)), 1);
        cursor.poll(new Position(1, 1), 10, 1000, read);
        assertThat(read).isEmpty();
        assertThat(archive.asked).isEqualTo(ChannelSet.of("b"));
    }

    private Cursor open(Start start, Archive archive) {
        return window.open(ChannelSet.of("a"), start, Optional.of(archive), () -> {})
                .toCompletableFuture()
                .join();
    }

    private Cursor cursorAfter(Position place, Optional<Archive> archive) {
        return window.open(ChannelSet.of("a"), new Start.After(place), archive, () -> {})
                .toCompletableFuture()
                .join();
    }

    private static Event event(long offset) {
        return new Event(new Position(1, offset), A, "", "data", 0, true);
    }

    /** All events that it is made of, at once. */
    private record ArchiveOf(List<Event> events) implements Archive {
        @Override
        public CompletionStage<Page> read(
                ChannelSet channels, Position after, Position until, int maxEvents, long maxBytes) {
            return CompletableFuture.completedFuture(new Page(events, until, List.of()));
        }

        @Override
        public CompletionStage<Position> locate(ChannelSet channels, Start start) {
            throw new AssertionError("not asked for");
        }
    }

    /** Answers when the test says so. */
    private static final class SlowArchive implements Archive {
        private CompletableFuture<Page> page = new CompletableFuture<>();
        private ChannelSet asked = ChannelSet.NONE;

        void answer(List<Event> events, long through, Gap... gaps) {
            page.complete(new Page(events, new Position(1, through), List.of(gaps)));
        }

        @Override
        public CompletionStage<Page> read(
                ChannelSet channels, Position after, Position until, int maxEvents, long maxBytes) {
            asked = channels;
            page = new CompletableFuture<>();
            return page;
        }

        @Override
        public CompletionStage<Position> locate(ChannelSet channels, Start start) {
            throw new AssertionError("not asked for");
        }
    }
}
