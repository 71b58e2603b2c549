package dev.millrace.redis;

import dev.millrace.hub.Listener;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What nodes ask each other about who listens, and answer.
 *
 * <p>Lines of fields that are separated by a space; a user, which may be any text, stands at the end of its line with LF, CR and
 * {@code \} escaped.
 */
sealed interface PresenceMessage permits PresenceMessage.Asked, PresenceMessage.Answered, ClientMessage {
    /** The first field of a message that this version understands. */
    String VERSION = "1";

    byte[] bytes();

    /** Who gets the events of this channel? */
    record Asked(long number, String node, int limit, ChannelName channel) implements PresenceMessage {
        static Optional<Asked> parse(byte[] bytes) {
            try {
                String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", -1);
                return parts[0].equals(VERSION)
                        ? Optional.of(new Asked(
                                Long.parseLong(parts[1]),
                                parts[2],
                                Integer.parseInt(parts[3]),
                                new ChannelName(parts[4])))
                        : Optional.empty();
            } catch (RuntimeException e) { // not what a node writes
                return Optional.empty();
            }
        }

        @Override
        public byte[] bytes() {
            return utf8(VERSION + " " + number + " " + node + " " + limit + " " + channel);
        }
    }

    /** These, on this node. */
    record Answered(long number, List<Listener> listeners) implements PresenceMessage {
        static Optional<Answered> parse(byte[] bytes) {
            try {
                String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
                String[] head = lines[0].split(" ", -1);
                if (!head[0].equals(VERSION)) {
                    return Optional.empty();
                }
                List<Listener> listeners = new ArrayList<>();
                for (String line : Arrays.asList(lines).subList(1, lines.length)) {
                    listeners.add(listener(line));
                }
                return Optional.of(new Answered(Long.parseLong(head[1]), listeners));
            } catch (RuntimeException e) { // not what a node writes
                return Optional.empty();
            }
        }

        private static Listener listener(String line) {
            String[] parts = line.split(" ", 4);
            List<String> entries = parts[2].equals("-") ? List.of() : List.of(parts[2].split(",", -1));
            Optional<String> user = parts.length < 4 ? Optional.empty() : Optional.of(Lines.unescaped(parts[3]));
            return new Listener(parts[0], user, ChannelSet.of(entries), Long.parseLong(parts[1]));
        }

        @Override
        public byte[] bytes() {
            StringBuilder text = new StringBuilder(VERSION + " " + number);
            for (Listener listener : listeners) {
                String entries = String.join(",", listener.channels().entries());
                text.append('\n')
                        .append(listener.clientId())
                        .append(' ')
                        .append(listener.connectedAtMillis())
                        .append(' ')
                        .append(entries.isEmpty() ? "-" : entries);
                listener.user().ifPresent(user -> text.append(' ').append(Lines.escaped(user)));
            }
            return utf8(text.toString());
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
