package dev.millrace.log;

import java.util.Optional;

/**
 * A place in the one order of events: the {@code offset}-th event of one life of a log, its {@code epoch}.
 *
 * <p>Prints as the SSE event id, {@code epoch-offset}, the epoch in base 36. A later life of a log has a greater epoch, so
 * positions compare across lives. Offset 0 is the place before the first event of an epoch.
 */
public record Position(long epoch, long offset) implements Comparable<Position> {
    private static final int EPOCH_RADIX = 36;
    private static final int MAX_LENGTH = 64;

    public Position {
        if (epoch < 0 || offset < 0) {
            throw new IllegalArgumentException("epoch and offset must not be negative: " + epoch + ", " + offset);
        }
    }

    /** The position that an event id names; empty where the text is no id of this form. */
    public static Optional<Position> parse(String id) {
        int dash = id.indexOf('-');
        if (dash < 1 || id.length() > MAX_LENGTH || !isPlain(id, dash)) {
            return Optional.empty();
        }
        try {
            Position position = new Position(
                    Long.parseLong(id, 0, dash, EPOCH_RADIX), Long.parseLong(id, dash + 1, id.length(), 10));
            return position.toString().equals(id) ? Optional.of(position) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty(); // too large for a number
        }
    }

    /** Long.parseLong takes signs and digits of other scripts; an id has neither. */
    private static boolean isPlain(String id, int dash) {
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean plain = (c >= '0' && c <= '9') || (i < dash && c >= 'a' && c <= 'z') || i == dash;
            if (!plain) {
                return false;
            }
        }
        return id.length() > dash + 1;
    }

    /** The place of the epoch's event with this offset. */
    public Position at(long otherOffset) {
        return new Position(epoch, otherOffset);
    }

    /** Whether this place comes before the other in the order. */
    public boolean isBefore(Position other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Position other) {
        int byEpoch = Long.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(offset, other.offset);
    }

    @Override
    public String toString() {
        return Long.toString(epoch, EPOCH_RADIX) + '-' + offset;
    }
}
