package dev.millrace.hub;

import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of one loop that walk together: same channels, same form, all at the dispatcher's place.
 *
 * <p>What a run has for them is encoded once. A member that can't take it leaves the group. Not thread-safe.
 */
final class Group {
    /** What members have in common. */
    record Key(ChannelSet channels, Form<?> form) {}

    private final Key key;
    private final List<Event> pending = new ArrayList<>();
    private @Nullable Subscriber[] members = new Subscriber[2];
    private int size;
    private int unkept; // how many of the pending events
    private long lost;
    private long bytes;

    Group(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    ChannelSet channels() {
        return key.channels();
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Adds a member; answers its index, which changes only by {@link #remove}. */
    void add(Subscriber member) {
        if (size == members.length) {
            members = Arrays.copyOf(members, 2 * size);
        }
        members[size] = member;
        member.groupIndex = size++;
    }

    /** Takes a member out; the last one takes its index. */
    void remove(Subscriber member) {
        Subscriber moved = member(--size);
        members[member.groupIndex] = moved;
        moved.groupIndex = member.groupIndex;
        members[size] = null;
        if (size < members.length / 4) {
            members = Arrays.copyOf(members, members.length / 2);
        }
    }

    private Subscriber member(int index) {
        Subscriber member = members[index];
        if (member == null) {
            throw new IllegalStateException("no member at " + index);
        }
        return member;
    }

    /** Takes an event for the run; answers whether it is the first. */
    boolean offer(Event event) {
        pending.add(event);
        unkept += event.isKept() ? 0 : 1;
        return pending.size() == 1;
    }

    /**
     * Gives every member what the run has for it; from the last member to the first, for one that can't take it leaves.
     *
     * @return how many of the {@link #due} events were not given, because members have left
     */
    long deliver(Position before, Position through) {
        int members = size;
        deliver(key.form(), before, through);
        long missed = (long) (members - size) * pending.size();
        lost = (long) (members - size) * unkept;
        pending.clear();
        unkept = 0;
        return missed;
    }

    /** How many events the run has for all members together. */
    long due() {
        return (long) size * pending.size();
    }

    /** How many bytes the members that stayed were given in the last delivery. */
    long bytes() {
        return bytes;
    }

    /** How many events the members that left in the last delivery have missed for ever: those that are not kept. */
    long lost() {
        return lost;
    }

    private <B> void deliver(Form<B> form, Position before, Position through) {
        B batch = form.encode(pending);
        try {
            for (int i = size - 1; i >= 0; i--) {
                member(i).deliver(batch, before, through);
            }
            bytes = size * form.bytes(batch);
        } finally {
            form.release(batch);
        }
    }

    /** Tells every member of a gap. */
    void missed(Gap gap) {
        for (int i = size - 1; i >= 0; i--) {
            member(i).missed(gap);
        }
    }

    /** Makes every member leave, to read on by itself. */
    void scatter(Position at) {
        for (int i = size - 1; i >= 0; i--) {
            member(i).fallBehind(at);
        }
    }
}
