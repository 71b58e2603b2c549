package dev.millrace.hub;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The groups of one loop, and what a run has for each of them.
 *
 * <p>Events are offered one after another, and delivered at the end of the run: a batch for each group. On the loop only, but for
 * {@link #isReached}.
 */
final class Groups {
    private final Tally tally;
    private final Runnable onNew;
    private final Audience audience = new Audience();
    private final Map<Group.Key, Group> groups = new HashMap<>();
    private final List<Group> dirty = new ArrayList<>();

    /** @param onNew called when there is a group more */
    Groups(Tally tally, Runnable onNew) {
        this.tally = tally;
        this.onNew = onNew;
    }

    /** Whether one of these events is for somebody here. On any thread. */
    boolean isReached(List<Event> events) {
        for (int i = 0; i < events.size(); i++) {
            if (isReached(events.get(i).channel())) {
                return true;
            }
        }
        return false;
    }

    /** Whether somebody here listens to this channel. On any thread. */
    boolean isReached(ChannelName channel) {
        return audience.reaches(channel);
    }

    /** The group of those that listen alike. */
    Group of(ChannelSet channels, Form<?> form) {
        return groups.computeIfAbsent(new Group.Key(channels, form), key -> {
            Group group = new Group(key);
            audience.add(group);
            onNew.run();
            return group;
        });
    }

    /** A member has left a group. */
    void left(Group group) {
        if (group.isEmpty()) {
            groups.remove(group.key());
            audience.remove(group);
        }
    }

    void offer(Event event) {
        audience.of(event.channel(), group -> {
            if (group.offer(event)) {
                dirty.add(group);
            }
        });
    }

    /** Gives each group what it was offered; answers whether there was anything. */
    boolean deliver(Position before, Position through) {
        boolean isAny = !dirty.isEmpty();
        for (Group group : dirty) {
            tally.delivered.add(group.due()); // before the first byte leaves: who has an event finds it counted
            tally.delivered.add(-group.deliver(before, through));
            tally.dropped.add(group.lost());
            tally.bytes.add(group.bytes());
        }
        dirty.clear();
        return isAny;
    }

    /** Tells all that listen to the channel of a gap. */
    void missed(Gap gap) {
        gap.channel().map(ChannelName::new).ifPresent(channel -> audience.of(channel, group -> group.missed(gap)));
    }

    /** Makes every member of every group read on by itself. */
    void scatter(Position before) {
        for (Group group : List.copyOf(groups.values())) {
            group.scatter(before);
        }
    }
}
