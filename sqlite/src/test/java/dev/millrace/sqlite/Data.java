package dev.millrace.sqlite;

import dev.millrace.log.ChannelName;
import dev.millrace.log.ChannelSet;
import dev.millrace.log.Cursor;
import dev.millrace.log.Event;
import dev.millrace.log.EventLog;
import dev.millrace.log.Gap;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import dev.millrace.log.Retention;
import dev.millrace.log.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What tests do with logs and their directories. */
final class Data {
    static final ChannelName A = ChannelName.of("a");
    static final ChannelName B = ChannelName.of("b");

    /** What a reader got. */
    record Reading(List<Event> events, List<Gap> gaps) {
        List<String> data() {
            return events.stream().map(Event::data).toList();
        }
    }

    private Data() {}

    static SqliteSettings settings(int eventsPerChannel) {
        return new SqliteSettings(
                new Retention(eventsPerChannel, Duration.ofHours(1), 10_000_000, Duration.ofMinutes(2)),
                SqliteSettings.STANDARD_DISK_BYTES);
    }

    static List<Receipt> append(EventLog log, Publication... publications) {
        return log.append(List.of(publications)).toCompletableFuture().join();
    }

    static Position append(EventLog log, ChannelName channel, String data) {
        return append(log, Publication.to(channel, data)).get(0).position();
    }

    static Reading read(EventLog log, String entry, Start start) {
        return read(log, ChannelSet.of(entry).withoutBroadcasts(), start);
    }

    static Reading read(EventLog log, ChannelSet set, Start start) {
        Semaphore ready = new Semaphore(0);
        Cursor cursor =
                log.open(set, start, ready::release).toCompletableFuture().join();
        Reading reading = new Reading(new ArrayList<>(), new ArrayList<>());
        for (int polls = 0; polls < 100_000; polls++) {
            Cursor.State state = cursor.poll(log.last(), 100, 100_000, reading.events());
            reading.gaps().addAll(cursor.takeGaps());
            if (state == Cursor.State.IDLE) {
                return reading;
            }
            if (state == Cursor.State.LOADING) {
                await(ready);
            }
        }
        throw new AssertionError("a cursor that never comes to the end");
    }

    private static void await(Semaphore ready) {
        try {
            if (!ready.tryAcquire(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the page never came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Copies the files of a directory as they are at this moment: what a crash leaves behind. */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals("lock") && !name.endsWith("-shm")) {
                    Files.copy(file, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
