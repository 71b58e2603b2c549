package dev.millrace.redis;

import dev.millrace.hub.Order;
import dev.millrace.hub.Order.Deed;
import dev.millrace.hub.Order.Mandate;
import dev.millrace.hub.Outcome;
import dev.millrace.hub.Steering;
import dev.millrace.log.ChannelSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What nodes order each other to do with a stream, and answer.
 *
 * <p>The head of an answer is that of all answers to {@link Questions}: {@code 1 number}.
 */
final class OrderMessage {
    private static final String VERSION = "1";

    private OrderMessage() {}

    /**
     * An order on its way.
     *
     * @param number which question it is of the node that gives it
     * @param node to which it is answered
     * @param deadlineMillis when nobody waits for it any more, by the server's clock
     */
    record Given(long number, String node, long deadlineMillis, Order order) {
        /** What a node has sent; empty where this version does not understand it. */
        static Optional<Given> parse(byte[] message) {
            try {
                List<String> lines = Lines.parse(message);
                String[] head = lines.get(0).split(" ", -1);
                if (!head[0].equals(VERSION)) {
                    return Optional.empty();
                }
                Order order = new Order(lines.get(1), mandate(lines.get(2)), deed(lines.subList(3, lines.size())));
                return Optional.of(new Given(Long.parseLong(head[1]), head[2], Long.parseLong(head[3]), order));
            } catch (RuntimeException e) { // not what a node writes
                return Optional.empty();
            }
        }

        byte[] bytes() {
            List<String> lines = new ArrayList<>();
            lines.add(VERSION + " " + number + " " + node + " " + deadlineMillis);
            lines.add(order.clientId());
            lines.add(text(order.mandate()));
            lines.addAll(texts(order.deed()));
            return Lines.of(lines);
        }
    }

    private static String text(Mandate mandate) {
        return mandate.isForAll() ? "*" : mandate.user().map(user -> "=" + user).orElse("-");
    }

    private static Mandate mandate(String text) {
        return switch (text.charAt(0)) {
            case '*' -> Mandate.forAll();
            case '=' -> Mandate.of(Optional.of(text.substring(1)));
            default -> Mandate.of(Optional.empty());
        };
    }

    private static List<String> texts(Deed deed) {
        if (deed instanceof Deed.Subscribe subscribe) {
            return List.of("subscribe", subscribe.entry());
        } else if (deed instanceof Deed.Unsubscribe unsubscribe) {
            return List.of("unsubscribe", unsubscribe.entry());
        } else if (deed instanceof Deed.Send send) {
            return List.of("send", send.name(), send.data());
        } else if (deed instanceof Deed.Renew renew) {
            List<String> texts = new ArrayList<>();
            texts.add("renew");
            texts.add(renew.expiresAt()
                    .map(end -> String.valueOf(end.toEpochMilli()))
                    .orElse("-"));
            texts.addAll(renew.leaving());
            return texts;
        } else if (deed instanceof Deed.Yield opens) {
            return List.of("yield", String.valueOf(opens.opening()));
        }
        return List.of(deed instanceof Deed.Kick ? "kick" : "look");
    }

    private static Deed deed(List<String> texts) {
        return switch (texts.get(0)) {
            case "look" -> new Deed.Look();
            case "subscribe" -> new Deed.Subscribe(texts.get(1));
            case "unsubscribe" -> new Deed.Unsubscribe(texts.get(1));
            case "send" -> new Deed.Send(texts.get(1), texts.get(2));
            case "renew" -> {
                Optional<Instant> end = texts.get(1).equals("-")
                        ? Optional.empty()
                        : Optional.of(Instant.ofEpochMilli(Long.parseLong(texts.get(1))));
                yield new Deed.Renew(end, Set.copyOf(texts.subList(2, texts.size())));
            }
            case "yield" -> new Deed.Yield(Long.parseLong(texts.get(1)));
            case "kick" -> new Deed.Kick();
            default -> throw new IllegalArgumentException("an order of a later version");
        };
    }

    /** An answer on its way. */
    record Answered(long number, Outcome outcome) {
        /** What a node has answered; empty where this version does not understand it. */
        static Optional<Answered> parse(byte[] message) {
            try {
                List<String> lines = Lines.parse(message);
                String[] head = lines.get(0).split(" ", -1);
                return head[0].equals(VERSION)
                        ? Optional.of(new Answered(Long.parseLong(head[1]), outcomeOf(lines.subList(1, lines.size()))))
                        : Optional.empty();
            } catch (RuntimeException e) { // not what a node writes
                return Optional.empty();
            }
        }

        byte[] bytes() {
            List<String> lines = new ArrayList<>();
            lines.add(VERSION + " " + number);
            lines.addAll(texts(outcome));
            return Lines.of(lines);
        }
    }

    private static List<String> texts(Outcome outcome) {
        List<String> texts = new ArrayList<>();
        if (outcome instanceof Outcome.Done done) {
            texts.add("done");
            texts.addAll(done.channels().entries());
        } else if (outcome instanceof Outcome.Yielded yielded) {
            texts.add("yielded");
            texts.add(String.valueOf(yielded.steering().added().size()));
            texts.addAll(yielded.steering().added());
            texts.addAll(yielded.steering().removed());
        } else if (outcome instanceof Outcome.Refused refused) {
            texts.add("refused");
            texts.add(refused.why());
        } else {
            texts.add(
                    outcome instanceof Outcome.Foreign
                            ? "foreign"
                            : outcome instanceof Outcome.Busy ? "busy" : "unknown");
        }
        return texts;
    }

    private static Outcome outcomeOf(List<String> texts) {
        List<String> rest = texts.subList(1, texts.size());
        return switch (texts.get(0)) {
            case "done" -> new Outcome.Done(ChannelSet.of(rest));
            case "yielded" -> {
                int added = 1 + Integer.parseInt(rest.get(0));
                yield new Outcome.Yielded(new Steering(
                        new LinkedHashSet<>(rest.subList(1, added)),
                        new LinkedHashSet<>(rest.subList(added, rest.size()))));
            }
            case "refused" -> new Outcome.Refused(rest.get(0));
            case "foreign" -> new Outcome.Foreign();
            case "busy" -> new Outcome.Busy();
            case "unknown" -> new Outcome.Unknown();
            default -> throw new IllegalArgumentException("an answer of a later version");
        };
    }
}
