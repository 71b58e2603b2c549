package dev.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.EventWindow;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Retention;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a node takes of what it hears, and when it reads instead. */
class TailTest {
    private static final Position BEGIN = new Position(7, 0);

    private final EventWindow window = new EventWindow(BEGIN, Retention.standard());
    private final Deque<CompletableFuture<Fill>> reads = new ArrayDeque<>();
    private final List<Gap> gaps = new ArrayList<>();
    private final Tail tail = new Tail(window, after -> read(), () -> {});

    TailTest() {
        tail.follow(new EventLog.Follower() {
            @Override
            public void appended() {}

            @Override
            public void passing(Event event) {}

            @Override
            public void missed(Gap gap) {
                gaps.add(gap);
            }
        });
        tail.enter(BEGIN, new Lineage(Map.of()));
        answer(BEGIN);
    }

    @Test
    void takesWhatFollows() {
        hear(0, event(1, "a"));
        hear(0, event(2, "b"));
        hear(1, event(3, "a"));

        assertThat(offsets()).containsExactly(1L, 2L, 3L);
        assertThat(reads).isEmpty();
    }

    @Test
    void takesNothingOfAnotherLinkBeforeWhatCameInBetweenIsRead() {
        hear(0, event(1, "a"));
        tail.cut();
        hear(0, event(3, "b")); // does not show that 2, of another channel, is missing
        hear(2, event(4, "a"));
        assertThat(offsets()).containsExactly(1L);

        tail.mend();
        hear(4, event(5, "a")); // while it is read
        answer(at(1), event(2, "a"), event(3, "b"), event(4, "a"));

        assertThat(offsets()).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(gaps).isEmpty();
    }

    @Test
    void readsWhatAMessageShowsToBeMissing() {
        hear(0, event(1, "a"));
        hear(2, event(3, "a"));
        answer(at(1), event(2, "a"), event(3, "a"));

        assertThat(offsets()).containsExactly(1L, 2L, 3L);
        assertThat(gaps).isEmpty();
    }

    @Test
    void tellsWhatItCanGiveNobodyAnyMore() {
        hear(0, event(1, "a"));
        hear(0, event(3, "b"));
        hear(2, event(4, "a")); // 2 never came, and 3 has been given out

        assertThat(offsets()).containsExactly(1L, 3L, 4L);
        assertThat(gaps).containsExactly(new Gap(Optional.of("a"), Optional.of(at(1)), at(2)));
    }

    private CompletableFuture<Fill> read() {
        CompletableFuture<Fill> read = new CompletableFuture<>();
        reads.add(read);
        return read;
    }

    private void answer(Position after, Event... events) {
        Position through = events.length == 0 ? after : events[events.length - 1].position();
        reads.remove().complete(new Fill(after, through, List.of(events), List.of(), through, false));
    }

    private void hear(long before, Event event) {
        tail.hear(new LiveMessage(at(before), List.of(event)), Optional.of(event.channel()), () -> true);
    }

    private List<Long> offsets() {
        List<Event> events = new ArrayList<>();
        Cursor cursor = window.tail(BEGIN);
        while (cursor.poll(window.last(), 100, 1 << 20, events) == Cursor.State.DELIVERED) {
            // until it stands at the end
        }
        return events.stream().map(Event::offset).toList();
    }

    private static Position at(long offset) {
        return BEGIN.at(offset);
    }

    private static Event event(long offset, String channel) {
        return new Event(at(offset), new ChannelName(channel), "", "x", 0, true);
    }
}
