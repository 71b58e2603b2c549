package dev.millrace.redis;

import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.KeyConflictException;
import dev.millrace.log.LogFigures;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Places publications: those that come while Redis answers wait, and go together in the next round trip. Thread-safe.
 *
 * <p>One round trip at a time keeps the order in which publications were handed in, also where a round is repeated because the log
 * turned out to be in another life. Each has a deadline, which goes along: what Redis takes up later than that, it does not place.
 */
final class Appends {
    private static final long PATIENCE_MILLIS = 1200;
    private static final long GRACE_MILLIS = 200; // after its deadline, an answer may take so long
    private static final long LOOK_MILLIS = 100;
    private static final long HEARD_MILLIS = 20; // an event that is not heard of for so long is read
    private static final long SETTLE_MILLIS = 1000; // and one that can't be read is answered for all the same
    private static final int MAX_ROUND = 512; // publications
    private static final long MAX_ROUND_BYTES = 1024 * 1024;
    private static final long MAX_WAITING_BYTES = 64 * 1024 * 1024;
    private static final int TAIL_SIZE = 262_144; // places

    /** What was handed in together. */
    private static final class Group {
        final List<Publication> publications;
        final long deadlineMillis;
        final long bytes;
        final CompletableFuture<List<Receipt>> receipts = new CompletableFuture<>();

        Group(List<Publication> publications, long deadlineMillis) {
            this.publications = publications;
            this.deadlineMillis = deadlineMillis;
            this.bytes = publications.stream()
                    .mapToLong(publication -> 200L + publication.data().length())
                    .sum();
        }
    }

    /** Groups on their way in one script. */
    private static final class Round {
        private final List<Group> groups;
        private final Lives.Open open;

        Round(List<Group> groups, Lives.Open open) {
            this.groups = groups;
            this.open = open;
        }

        List<Group> groups() {
            return groups;
        }

        Lives.Open open() {
            return open;
        }

        long deadlineMillis() {
            return groups.get(0).deadlineMillis;
        }
    }

    private final Keys keys;
    private final String node;
    private final Retention retention;
    private final Optional<Clock> clock;
    private final Lives lives;
    private final Tail tail;
    private final ScheduledExecutorService timer;
    private final Consumer<Lives.Open> isMute;
    private volatile EventLog.@Nullable Follower follower;
    private volatile LogFigures figures = LogFigures.NONE; // one round at a time

    // guarded by this
    private final Deque<Group> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private @Nullable Round flying;
    private boolean isClosed;

    /** @param isMute is told when a round got no answer */
    Appends(
            Keys keys,
            String node,
            Retention retention,
            Optional<Clock> clock,
            Lives lives,
            Tail tail,
            ScheduledExecutorService timer,
            Consumer<Lives.Open> isMute) {
        this.keys = keys;
        this.node = node;
        this.retention = retention;
        this.clock = clock;
        this.lives = lives;
        this.tail = tail;
        this.timer = timer;
        this.isMute = isMute;
    }

    LogFigures figures() {
        return figures;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void follow(EventLog.Follower newFollower) {
        follower = newFollower;
    }

    CompletionStage<List<Receipt>> add(List<Publication> publications, Position newest) {
        Group group = new Group(publications, Lives.monotonicMillis() + PATIENCE_MILLIS);
        boolean isRefused;
        synchronized (this) {
            isRefused = isClosed || waitingBytes + group.bytes > MAX_WAITING_BYTES;
            if (!isRefused) {
                waiting.add(group);
                waitingBytes += group.bytes;
            }
        }
        if (isRefused) {
            fail(group, "too much waits for Redis, or the hub is closing; nothing was published");
        } else {
            pump();
        }
        if (publications.stream().noneMatch(Publication::isKept)) {
            Receipt receipt = new Receipt(newest, false);
            return CompletableFuture.completedFuture(
                    publications.stream().map(any -> receipt).toList());
        }
        return group.receipts;
    }

    /** Begins the next round, if none is on its way. */
    void pump() {
        Optional<Lives.Open> open = lives.current();
        Round round;
        synchronized (this) {
            if (flying != null || waiting.isEmpty() || open.isEmpty()) {
                return;
            }
            round = new Round(nextRound(), open.get());
            flying = round;
        }
        send(round);
    }

    private List<Group> nextRound() {
        List<Group> round = new ArrayList<>();
        int count = 0;
        long bytes = 0;
        while (!waiting.isEmpty()) {
            Group next = waiting.element();
            count += next.publications.size();
            bytes += next.bytes;
            if (!round.isEmpty() && (count > MAX_ROUND || bytes > MAX_ROUND_BYTES)) {
                break;
            }
            round.add(waiting.remove());
            waitingBytes -= next.bytes;
        }
        return round;
    }

    private void send(Round round) {
        long sentNanos = System.nanoTime();
        Script.APPEND
                .run(round.open().connection(), new byte[][] {keys.log()}, arguments(round))
                .whenComplete((answer, failure) -> {
                    try {
                        if (failure == null) {
                            figures = figures.committed(System.nanoTime() - sentNanos);
                            answered(round, answer);
                        } else {
                            failed(round, Trouble.of(failure));
                        }
                    } finally {
                        landed(round);
                    }
                });
    }

    private void landed(Round round) {
        synchronized (this) {
            if (flying == round) {
                flying = null;
            }
        }
        pump();
    }

    private byte[][] arguments(Round round) {
        Lives.Open open = round.open();
        long seen = tail.seen()
                .filter(place -> place.epoch() == open.life().epoch())
                .map(Position::offset)
                .orElse(0L);
        List<byte[]> args = new ArrayList<>();
        for (Object head : List.of(
                keys.prefix(),
                open.life(),
                seen,
                round.deadlineMillis() + open.aheadMillis(),
                clock.map(own -> String.valueOf(own.millis())).orElse(""),
                retention.eventsPerChannel(),
                retention.bytes(),
                retention.keyWindow().toMillis(),
                TAIL_SIZE,
                node)) {
            args.add(bytes(head.toString()));
        }
        for (Group group : round.groups()) {
            args.add(bytes(String.valueOf(group.publications.size())));
            for (Publication publication : group.publications) {
                args.add(bytes(publication.channel().value()));
                args.add(bytes(publication.name()));
                args.add(bytes(publication.data()));
                args.add(bytes(publication.isKept() ? "1" : "0"));
                args.add(bytes(publication.key()));
                args.add(bytes(publication.key().isEmpty() ? "" : publication.fingerprint()));
            }
        }
        return args.toArray(byte[][]::new);
    }

    private void answered(Round round, Reply answer) {
        if (answer.text(0).equals("OK")) {
            for (int i = 0; i < round.groups().size(); i++) {
                placed(round.groups().get(i), round.open(), answer, 2 + i);
            }
        } else { // LOST, or LATE, which may come of a clock that was set: both are found out by another look
            putBack(round.groups());
            lives.reconsider(round.open().connection());
        }
    }

    private void placed(Group group, Lives.Open open, Reply answer, int at) {
        if (!answer.isList(at)) {
            group.receipts.completeExceptionally(new KeyConflictException());
            return;
        }
        Reply results = answer.list(at);
        List<Receipt> receipts = new ArrayList<>(results.size());
        Position newest = new Position(open.life().epoch(), 0);
        for (int i = 0; i < results.size(); i++) {
            if (!results.isNumber(i)) {
                Position earlier = Position.parse(results.text(i)).orElse(newest);
                receipts.add(new Receipt(earlier, true));
                newest = newest.epoch() == earlier.epoch() && newest.isBefore(earlier) ? earlier : newest;
            } else if (results.number(i) < 0) {
                receipts.add(new Receipt(newest, false));
            } else {
                newest = newest.at(results.number(i));
                receipts.add(new Receipt(newest, false));
            }
        }
        settle(group, receipts, newest);
    }

    /** Answers when this node has heard of the events itself, so that who asks it next finds them. */
    private void settle(Group group, List<Receipt> receipts, Position newest) {
        tail.note(newest);
        CompletableFuture<Void> heard = heard(newest);
        heard.whenComplete((done, failure) -> group.receipts.complete(receipts));
        if (!heard.isDone()) {
            timer.schedule(() -> group.receipts.complete(receipts), SETTLE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Completes when this node has heard of what came up to this place; where the live link does not tell in time, it is read. */
    CompletableFuture<Void> heard(Position place) {
        CompletableFuture<Void> heard = tail.reach(place).toCompletableFuture();
        if (!heard.isDone()) {
            timer.schedule(() -> tail.catchUp(place), HEARD_MILLIS, TimeUnit.MILLISECONDS);
        }
        return heard;
    }

    private synchronized void putBack(List<Group> round) {
        for (int i = round.size() - 1; i >= 0; i--) {
            waiting.addFirst(round.get(i));
            waitingBytes += round.get(i).bytes;
        }
    }

    private void failed(Round round, Trouble trouble) {
        if (!trouble.isRefusal() || trouble.isWrongServer()) {
            isMute.accept(round.open());
        }
        if (trouble.isUnsent() || (trouble.isRefusal() && trouble.isWrongServer())) {
            putBack(round.groups()); // for the next connection, if that comes in time
            return;
        }
        String outcome = trouble.isRefusal()
                ? "nothing was published"
                : "it may have been published: repeat it with an Idempotency-Key to be sure";
        round.groups().forEach(group -> fail(group, "Redis: " + trouble.text() + "; " + outcome));
    }

    /** Fails what has waited for too long, and begins a round where one is due. */
    private void look() {
        long now = Lives.monotonicMillis();
        List<Group> late = new ArrayList<>();
        Round mute;
        synchronized (this) {
            while (!waiting.isEmpty() && waiting.element().deadlineMillis <= now) {
                Group group = waiting.remove();
                waitingBytes -= group.bytes;
                late.add(group);
            }
            mute = flying != null && flying.deadlineMillis() + GRACE_MILLIS <= now ? flying : null;
        }
        late.forEach(group -> fail(group, "Redis is not there; nothing was published"));
        if (mute != null) {
            failed(mute, Trouble.of(new TimeoutException("no answer in time")));
            landed(mute);
        } else {
            pump();
        }
    }

    private void fail(Group group, String why) {
        boolean isFirst = group.receipts.completeExceptionally(new LogUnavailableException(why));
        EventLog.Follower toTell = follower;
        if (toTell != null && isFirst) { // who listens here gets at least what is not kept
            for (Publication publication : group.publications) {
                if (!publication.isKept()) {
                    toTell.passing(unkept(publication));
                }
            }
        }
    }

    private Event unkept(Publication publication) {
        Position place = tail.seen().orElse(new Position(0, 0));
        long now = clock.orElse(Clock.systemUTC()).millis();
        return new Event(place, publication.channel(), publication.name(), publication.data(), now, false);
    }

    /** Fails what still waits. */
    void close() {
        List<Group> left;
        synchronized (this) {
            isClosed = true;
            left = List.copyOf(waiting);
            waiting.clear();
        }
        left.forEach(group -> group.receipts.completeExceptionally(
                new LogUnavailableException("the hub is closing; nothing was published")));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
