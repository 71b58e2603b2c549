package dev.millrace.redis;

import dev.millrace.log.ChannelName;
import dev.millrace.log.Event;
import dev.millrace.log.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one append sends to the nodes that listen: the events of one channel that come one after another, or all events.
 *
 * <p>{@code 1 epoch before LF}, and for each event {@code offset time kept channel-length name-length data-length LF} and the three
 * texts, lengths in bytes. Whatever follows the known parts of a line is for later versions.
 *
 * <p>Without events it is a mark: everything that a node hears has come to it, up to this place.
 *
 * @param before the newest place before the first kept event, in its channel or of all; offset 0 where none is kept
 * @param events in order; those that are not kept have the place of the kept one before them, of whatever channel
 */
record LiveMessage(Position before, List<Event> events) {
    private static final String VERSION = "1";
    private static final int MAX_DIGITS = 18;

    /** The message; empty where it is not of a form that this node understands. */
    static Optional<LiveMessage> parse(byte[] bytes) {
        try {
            return new Parser(bytes).message();
        } catch (RuntimeException e) { // whatever a stranger may have sent: no channel name, no number, too short
            return Optional.empty();
        }
    }

    /** The place that it comes to. */
    Position through() {
        return events.isEmpty() ? before : events.get(events.size() - 1).position();
    }

    private static final class Parser {
        private final byte[] bytes;
        private int at;

        Parser(byte[] bytes) {
            this.bytes = bytes;
        }

        Optional<LiveMessage> message() {
            String[] head = line().split(" ", -1);
            if (!head[0].equals(VERSION)) {
                return Optional.empty();
            }
            Position before = Position.parse(head[1] + "-" + head[2]).orElseThrow();
            List<Event> events = new ArrayList<>();
            while (at < bytes.length) {
                events.add(event(before.epoch()));
            }
            return Optional.of(new LiveMessage(before, events));
        }

        private Event event(long epoch) {
            Position place = new Position(epoch, number());
            long time = number();
            boolean isKept = number() == 1;
            int channelSize = (int) number();
            int nameSize = (int) number();
            int dataSize = (int) number();
            skipLine();
            ChannelName channel = new ChannelName(text(channelSize));
            String name = text(nameSize);
            return new Event(place, channel, name, text(dataSize), time, isKept);
        }

        /** The next number of a line: by hand, for this is done for every event, listened to or not. */
        private long number() {
            int begin = at;
            long number = 0;
            for (byte next = bytes[at]; next != ' ' && next != '\n'; next = bytes[++at]) {
                if (next < '0' || next > '9' || at - begin >= MAX_DIGITS) {
                    throw new IllegalArgumentException("not a number");
                }
                number = 10 * number + next - '0';
            }
            if (at == begin) {
                throw new IllegalArgumentException("no number");
            }
            if (bytes[at] == ' ') {
                at++;
            }
            return number;
        }

        private void skipLine() {
            while (bytes[at] != '\n') {
                at++;
            }
            at++;
        }

        private String line() {
            int begin = at;
            skipLine();
            return new String(bytes, begin, at - 1 - begin, StandardCharsets.US_ASCII);
        }

        private String text(int size) {
            String text = new String(bytes, at, size, StandardCharsets.UTF_8);
            at += size;
            return text;
        }
    }
}
