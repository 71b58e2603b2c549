package dev.millrace.redis;

import dev.millrace.log.Archive;
import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.ChannelSummary;
import dev.millrace.log.Event;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Start;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The events on Redis, for readers that go further back than the window.
 *
 * <p>A read waits while Redis is away, and is repeated where it failed; it fails only when the archive is closed. Readers that want
 * the same page share one read: a thousand listeners that fall behind together ask Redis once.
 */
final class RedisArchive implements Archive {
    private static final long PAUSE_MILLIS = 200;
    private static final int MOST_OF_A_PATTERN = 100; // channels with gaps of their own

    private record PageKey(ChannelSet channels, Position after, Position until, int maxEvents, long maxBytes) {}

    /** What a read makes of a reply that has found the log. */
    private interface Reading<T> {
        T of(Reply reply, Life life);
    }

    private final Keys keys;
    private final Link<StatefulRedisConnection<byte[], byte[]>> link;
    private final Link<StatefulRedisConnection<byte[], byte[]>> spare;
    private final Lives lives;
    private final Runnable isLost;
    private final Duration age;
    private final Optional<Clock> clock;
    private final ScheduledExecutorService timer;
    private final Map<PageKey, CompletableFuture<Page>> reading = new ConcurrentHashMap<>();

    /**
     * @param spare for what can't wait until the link is back
     * @param isLost is told when the log turns out to be another than this node thinks
     */
    RedisArchive(
            Keys keys,
            Link<StatefulRedisConnection<byte[], byte[]>> link,
            Link<StatefulRedisConnection<byte[], byte[]>> spare,
            Lives lives,
            Runnable isLost,
            Duration age,
            Optional<Clock> clock,
            ScheduledExecutorService timer) {
        this.keys = keys;
        this.link = link;
        this.spare = spare;
        this.lives = lives;
        this.isLost = isLost;
        this.age = age;
        this.clock = clock;
        this.timer = timer;
    }

    @Override
    public CompletionStage<Page> read(
            ChannelSet channels, Position after, Position until, int maxEvents, long maxBytes) {
        PageKey key = new PageKey(channels, after, until, maxEvents, maxBytes);
        CompletableFuture<Page> mine = new CompletableFuture<>();
        CompletableFuture<Page> shared = reading.putIfAbsent(key, mine);
        if (shared != null) {
            return shared;
        }
        readOnce(key).whenComplete((page, failure) -> {
            reading.remove(key, mine);
            if (failure == null) {
                mine.complete(page);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    private CompletionStage<Page> readOnce(PageKey key) {
        return persist(life -> {
            if (life.epoch() != key.after().epoch()) { // the log began anew: its window tells the reader
                Position elsewhere = new Position(life.epoch(), 0);
                return CompletableFuture.completedFuture(Optional.of(new Page(List.of(), elsewhere, List.of())));
            }
            long until = Math.max(key.after().offset(), key.until().offset());
            List<byte[]> args =
                    readArguments(life, key.after().offset(), until + "", key.maxEvents(), key.maxBytes(), "SET");
            addChannels(key.channels(), args);
            return run(Script.READ, args, life, (reply, of) -> page(reply, key));
        });
    }

    private Page page(Reply reply, PageKey key) {
        Position through = key.after().at(reply.number(1));
        return new Page(events(reply.list(3), key.after()), through, gaps(reply.list(2), key));
    }

    private static List<Event> events(Reply flat, Position epoch) {
        List<Event> events = new ArrayList<>(flat.size() / 5);
        for (int i = 0; i + 4 < flat.size(); i += 5) {
            Optional<ChannelName> channel = channel(flat.text(i + 1));
            if (channel.isPresent()) {
                events.add(new Event(
                        epoch.at(flat.number(i)),
                        channel.get(),
                        flat.text(i + 2),
                        flat.text(i + 3),
                        flat.number(i + 4),
                        true));
            }
        }
        return events;
    }

    /** The channel of this name; empty where a stranger has written what is none. */
    private static Optional<ChannelName> channel(String name) {
        try {
            return Optional.of(new ChannelName(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** One gap for each entry concerned; of a pattern with very many channels, one for the pattern. */
    private static List<Gap> gaps(Reply flat, PageKey key) {
        Map<String, Long> through = new LinkedHashMap<>();
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            through.merge(flat.text(i), flat.number(i + 1), Math::max);
        }
        for (String prefix : through.size() > MOST_OF_A_PATTERN ? key.channels().prefixes() : List.<String>of()) {
            List<String> matching = through.keySet().stream()
                    .filter(entry -> entry.startsWith(prefix) && !entry.startsWith("$"))
                    .filter(entry -> key.channels().names().stream()
                            .noneMatch(name -> name.value().equals(entry)))
                    .toList();
            if (matching.size() > MOST_OF_A_PATTERN) {
                long all = matching.stream().mapToLong(through::get).max().orElse(0);
                through.keySet().removeAll(matching);
                through.put(prefix + "*", all);
            }
        }
        List<Gap> gaps = new ArrayList<>();
        through.forEach((entry, offset) -> gaps.add(new Gap(
                entry.equals(ChannelName.ALL.value()) ? Optional.empty() : Optional.of(entry),
                Optional.of(key.after()),
                key.after().at(offset))));
        return gaps;
    }

    @Override
    public CompletionStage<Position> locate(ChannelSet channels, Start start) {
        int count = start instanceof Start.Newest newest ? newest.count() : -1;
        return persist(life -> {
            List<byte[]> args = arguments(keys.prefix(), life, count);
            addChannels(channels, args);
            return run(Script.LOCATE, args, life, (reply, of) -> new Position(of.epoch(), reply.number(1)));
        });
    }

    /** What all channels, the hub's own included, have after a place. Asks once, and fails where Redis is away. */
    CompletionStage<Fill> fill(Position after, int maxEvents, long maxBytes) {
        Optional<Life> life = lives.known().filter(known -> known.epoch() == after.epoch());
        if (life.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("the log is not found yet"));
        }
        List<byte[]> args = readArguments(life.get(), after.offset(), "", maxEvents, maxBytes, "ALL");
        args.add(bytes("0"));
        return run(
                        link.current().or(spare::current),
                        Script.READ,
                        args,
                        life.get(),
                        (reply, of) -> filled(reply, after))
                .thenApply(found -> found.orElseThrow(() -> new IllegalStateException("the log is another")));
    }

    private static Fill filled(Reply reply, Position after) {
        Position through = after.at(reply.number(1));
        if (reply.text(0).equals("BEYOND")) {
            return new Fill(after, through, List.of(), List.of(), through, true);
        }
        List<Fill.Missing> missing = new ArrayList<>();
        Reply flat = reply.list(2);
        for (int i = 0; i + 1 < flat.size(); i += 2) {
            long offset = flat.number(i + 1);
            channel(flat.text(i)).ifPresent(channel -> missing.add(new Fill.Missing(channel, offset)));
        }
        Position newest = after.at(reply.number(4));
        return new Fill(after, through, events(reply.list(3), after), missing, newest, false);
    }

    /** Channels that have events, by name. */
    CompletionStage<List<ChannelSummary>> channels(String prefix, String after, int limit) {
        return attempt(life -> run(
                        Script.CHANNELS,
                        arguments(keys.prefix(), life, prefix, after, limit),
                        life,
                        RedisArchive::summaries))
                .thenApply(found -> found.orElse(List.of()));
    }

    private static List<ChannelSummary> summaries(Reply reply, Life life) {
        List<ChannelSummary> summaries = new ArrayList<>();
        for (int i = 1; i + 3 < reply.size(); i += 4) {
            Optional<ChannelName> channel = channel(reply.text(i));
            if (channel.isPresent()) {
                summaries.add(new ChannelSummary(
                        channel.get(),
                        reply.number(i + 1),
                        new Position(life.epoch(), reply.number(i + 2)),
                        new Position(life.epoch(), reply.number(i + 3))));
            }
        }
        return summaries;
    }

    // ---- running scripts ----

    private <T> CompletionStage<Optional<T>> attempt(Function<Life, CompletionStage<Optional<T>>> read) {
        Optional<Life> life = lives.known();
        return life.isEmpty()
                ? CompletableFuture.failedFuture(new IllegalStateException("the log is not found yet"))
                : read.apply(life.get());
    }

    /** Repeats a read until it has found something, or the archive is closed. */
    private <T> CompletionStage<T> persist(Function<Life, CompletionStage<Optional<T>>> read) {
        CompletableFuture<T> result = new CompletableFuture<>();
        persist(read, result);
        return result;
    }

    private <T> void persist(Function<Life, CompletionStage<Optional<T>>> read, CompletableFuture<T> result) {
        link.whenUp().whenComplete((up, closed) -> {
            if (closed != null) {
                result.completeExceptionally(closed);
                return;
            }
            attempt(read).whenComplete((found, failure) -> {
                if (failure == null && found.isPresent()) {
                    result.complete(found.get());
                } else {
                    timer.schedule(() -> persist(read, result), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                }
            });
        });
    }

    /** Runs a script; empty where the log turned out to be another. */
    private <T> CompletionStage<Optional<T>> run(Script script, List<byte[]> args, Life life, Reading<T> reading) {
        return run(link.current(), script, args, life, reading);
    }

    private <T> CompletionStage<Optional<T>> run(
            Optional<StatefulRedisConnection<byte[], byte[]>> on,
            Script script,
            List<byte[]> args,
            Life life,
            Reading<T> reading) {
        if (on.isEmpty()) {
            return CompletableFuture.failedFuture(new IllegalStateException("Redis is not there"));
        }
        StatefulRedisConnection<byte[], byte[]> connection = on.get();
        return script.run(connection, new byte[][] {keys.log()}, args.toArray(byte[][]::new))
                .whenComplete((reply, failure) -> {
                    if (failure != null && Trouble.of(failure).isWrongServer()) {
                        link.drop(connection, failure);
                    }
                })
                .thenApply(reply -> {
                    if (reply.text(0).equals("LOST")) {
                        isLost.run();
                        return Optional.empty();
                    }
                    return Optional.of(reading.of(reply, life));
                });
    }

    private List<byte[]> readArguments(Life life, long after, String until, int maxEvents, long maxBytes, String what) {
        return arguments(
                keys.prefix(),
                life,
                after,
                until,
                maxEvents,
                maxBytes,
                clock.map(own -> String.valueOf(own.millis())).orElse(""),
                age.toMillis(),
                what);
    }

    private static void addChannels(ChannelSet channels, List<byte[]> to) {
        List<String> names = new ArrayList<>();
        if (channels.hasBroadcasts()) {
            names.add(ChannelName.ALL.value());
        }
        channels.names().forEach(name -> names.add(name.value()));
        to.add(bytes(String.valueOf(names.size())));
        names.forEach(name -> to.add(bytes(name)));
        channels.prefixes().forEach(prefix -> to.add(bytes(prefix)));
    }

    private static List<byte[]> arguments(Object... parts) {
        List<byte[]> arguments = new ArrayList<>();
        for (Object part : parts) {
            arguments.add(bytes(part.toString()));
        }
        return arguments;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
