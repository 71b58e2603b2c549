package dev.millrace.redis;

import dev.millrace.hub.ClientInfo;
import dev.millrace.hub.ClientQuery;
import dev.millrace.hub.Listener;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Position;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What nodes ask each other about how streams stand, and answer; in the form of the other messages, and passed over by nodes that
 * do not know it.
 */
sealed interface ClientMessage extends PresenceMessage {
    /** The first field of a message that this version understands. */
    String VERSION = "c1";

    /** What stands for a field that is empty. */
    String NONE = "-";

    /** Which of these streams are yours? */
    record Asked(long number, String node, ClientQuery query) implements ClientMessage {
        private static final int FIELDS = 8;

        static Optional<Asked> parse(byte[] bytes) {
            try {
                String[] parts = new String(bytes, StandardCharsets.UTF_8).split(" ", FIELDS);
                if (!parts[0].equals(VERSION)) {
                    return Optional.empty();
                }
                ClientQuery query = new ClientQuery(
                        given(parts[4]),
                        parts.length < FIELDS ? Optional.empty() : Optional.of(Lines.unescaped(parts[7])),
                        given(parts[5]).map(ChannelName::new),
                        given(parts[6]).orElse(""),
                        Integer.parseInt(parts[3]));
                return Optional.of(new Asked(Long.parseLong(parts[1]), parts[2], query));
            } catch (RuntimeException e) { // not what a node writes
                return Optional.empty();
            }
        }

        @Override
        public byte[] bytes() {
            return PresenceMessage.utf8(String.join(
                            " ",
                            VERSION,
                            String.valueOf(number),
                            node,
                            String.valueOf(query.limit()),
                            query.clientId().orElse(NONE),
                            query.channel().map(ChannelName::value).orElse(NONE),
                            orNone(query.after()))
                    + query.user().map(user -> " " + Lines.escaped(user)).orElse(""));
        }
    }

    /** These, and so they stand. */
    record Answered(long number, String name, List<ClientInfo> clients) implements ClientMessage {
        private static final int FIELDS = 10;

        static Optional<Answered> parse(byte[] bytes) {
            try {
                String[] lines = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
                String[] head = lines[0].split(" ", -1);
                if (!head[0].equals(VERSION)) {
                    return Optional.empty();
                }
                List<ClientInfo> clients = new ArrayList<>();
                for (String line : Arrays.asList(lines).subList(1, lines.length)) {
                    clients.add(client(line, head[2]));
                }
                return Optional.of(new Answered(Long.parseLong(head[1]), head[2], clients));
            } catch (RuntimeException e) { // not what a node writes
                return Optional.empty();
            }
        }

        private static ClientInfo client(String line, String node) {
            String[] parts = line.split(" ", FIELDS);
            Listener listener = new Listener(
                    parts[0],
                    parts.length < FIELDS ? Optional.empty() : Optional.of(Lines.unescaped(parts[9])),
                    ChannelSet.of(given(parts[2])
                            .map(all -> List.of(all.split(",", -1)))
                            .orElse(List.of())),
                    Long.parseLong(parts[1]));
            return new ClientInfo(
                    node,
                    listener,
                    given(parts[3]).orElse(""),
                    Position.parse(parts[4]).orElseThrow(),
                    Long.parseLong(parts[5]),
                    Long.parseLong(parts[6]),
                    parts[7].equals("1"),
                    Long.parseLong(parts[8]));
        }

        @Override
        public byte[] bytes() {
            StringBuilder text = new StringBuilder(VERSION + " " + number + " " + name);
            for (ClientInfo client : clients) {
                Listener listener = client.listener();
                text.append('\n')
                        .append(String.join(
                                " ",
                                listener.clientId(),
                                String.valueOf(listener.connectedAtMillis()),
                                orNone(String.join(",", listener.channels().entries())),
                                orNone(client.protocol()),
                                client.position().toString(),
                                String.valueOf(client.lag()),
                                String.valueOf(client.bytes()),
                                client.isDrained() ? "1" : "0",
                                String.valueOf(client.wroteAtMillis())));
                listener.user().ifPresent(user -> text.append(' ').append(Lines.escaped(user)));
            }
            return PresenceMessage.utf8(text.toString());
        }
    }

    private static Optional<String> given(String field) {
        return field.equals(NONE) ? Optional.empty() : Optional.of(field);
    }

    private static String orNone(String text) {
        return text.isEmpty() ? NONE : text;
    }
}
