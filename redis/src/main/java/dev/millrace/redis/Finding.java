package dev.millrace.redis;

import dev.millrace.log.Position;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The log that a node finds on a server, and what the nodes have seen of it before.
 *
 * @param life which it is; empty where there is none
 * @param offset of its newest event
 * @param lineage the lives before it
 * @param isWhole whether its registry is there
 * @param nowMillis the server's time
 * @param beats when each node gave its last sign of life
 * @param votes what each node that came back to this server has seen; empty for nothing
 * @param triedSinceMillis when the first came back
 */
record Finding(
        Optional<Life> life,
        long offset,
        Lineage lineage,
        boolean isWhole,
        long nowMillis,
        Map<String, Long> beats,
        Map<String, Optional<Position>> votes,
        long triedSinceMillis) {
    /** A node that was silent for so long before the newest sign of life had left already. */
    private static final long PRESENT_MILLIS = 5000;

    /** How long the other nodes are waited for. */
    private static final long TRIAL_MILLIS = 3000;

    /** What a node makes of it. */
    enum Verdict {
        /** It is the log that the node knows, or one to take part in as it is. */
        JOIN,
        /** The same log on another run of a server: no node misses anything. */
        KEEP,
        /** Something is missing, or may be: another life begins, with what is there. */
        FORK,
        /** There is nothing. */
        BEGIN,
        /** Other nodes may know more. */
        WAIT
    }

    /**
     * The verdict of a node.
     *
     * <p>An id must never name two events. So a log on another run of a server is trusted only where nodes that were there
     * remember it, all of them, and it holds all that they have seen; a server that was a replica may have a primary beside it that
     * still takes events, and is never trusted.
     */
    Verdict verdict(Server server, Optional<Position> seen) {
        if (life.isEmpty() || !isWhole) {
            return Verdict.BEGIN;
        }
        Position newest = new Position(life.get().epoch(), offset);
        if (life.get().run().equals(server.run())) {
            return seen.filter(newest::isBefore).isPresent() ? Verdict.FORK : Verdict.JOIN;
        }
        if (server.wasReplica()) {
            return Verdict.FORK;
        }
        if (isAnyoneMissing() && nowMillis - triedSinceMillis < TRIAL_MILLIS) {
            return Verdict.WAIT;
        }
        Collection<Optional<Position>> said = votes.values();
        boolean isRemembered =
                said.stream().flatMap(Optional::stream).anyMatch(place -> place.epoch() == newest.epoch());
        boolean isBehind = said.stream().flatMap(Optional::stream).anyMatch(newest::isBefore);
        return isRemembered && !isBehind ? Verdict.KEEP : Verdict.FORK;
    }

    private boolean isAnyoneMissing() {
        long newest = beats.values().stream().mapToLong(Long::longValue).max().orElse(0);
        Set<String> present = new HashSet<>();
        beats.forEach((node, time) -> {
            if (newest - time <= PRESENT_MILLIS) {
                present.add(node);
            }
        });
        return !votes.keySet().containsAll(present);
    }

    /** An epoch after all that the nodes know of. */
    long nextEpoch(long proposed, Optional<Position> seen) {
        return Stream.concat(
                        Stream.concat(life.map(Life::epoch).stream(), seen.map(Position::epoch).stream()),
                        votes.values().stream().flatMap(Optional::stream).map(Position::epoch))
                .mapToLong(epoch -> epoch + 1)
                .reduce(proposed, Math::max);
    }

    /** What {@code look.lua} has answered. */
    static Finding of(Reply reply) {
        Map<String, String> beats = map(reply.list(5));
        Map<String, String> votes = map(reply.list(6));
        String since = Optional.ofNullable(votes.remove(":since")).orElse("0");
        votes.remove(":run");
        Map<String, Long> times = new HashMap<>();
        beats.forEach((node, beat) -> times.put(node, Beat.parse(beat).timeMillis()));
        Map<String, Optional<Position>> places = new HashMap<>();
        votes.forEach((node, place) -> places.put(node, Position.parse(place)));
        return new Finding(
                reply.text(0).isEmpty() ? Optional.empty() : Optional.of(Life.parse(reply.text(0))),
                reply.number(1),
                Lineage.parse(reply.text(2)),
                reply.number(3) == 1,
                reply.number(4),
                times,
                places,
                Long.parseLong(since));
    }

    private static Map<String, String> map(Reply flat) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            map.put(flat.text(i), flat.text(i + 1));
        }
        return map;
    }
}
