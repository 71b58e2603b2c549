package dev.millrace.cli.doctor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;

/** A stream on which nothing is published, from now on: whether it is left alone until the hub's heartbeat. */
final class IdleCheck implements AutoCloseable {
    private static final String NAME = "idle timeout";

    private final Subject subject;
    private final Front front;
    private final Optional<OpenStream> opened;
    private final long begun = System.nanoTime();

    IdleCheck(Subject subject, HttpClient http, Front front) throws IOException, InterruptedException {
        this.subject = subject;
        this.front = front;
        Subject silent = new Subject(
                subject.hub(),
                subject.token(),
                subject.channel() + "/silence",
                subject.origin(),
                subject.idle(),
                subject.isTrusting());
        this.opened = subject.idle().isZero()
                ? Optional.empty()
                : OpenStream.open(http, silent.stream().build(), Subject.PATIENCE);
    }

    /** Waits until the time to watch it is over. */
    Finding check() throws InterruptedException {
        if (subject.idle().isZero()) {
            return Finding.skip(NAME, "not watched: --idle is 0s");
        } else if (opened.isEmpty() || opened.get().status() != 200) {
            return Finding.skip(NAME, "there was no stream to watch");
        }
        return watch(opened.get());
    }

    private Finding watch(OpenStream stream) throws InterruptedException {
        Optional<OpenStream.Line> first = stream.await(line -> line.equals("event: connected"), left());
        if (first.isEmpty()) {
            return Finding.skip(NAME, "nothing came through that could be silent");
        }
        long silentSince = first.get().atNanos();
        Optional<OpenStream.Line> next =
                stream.await(line -> line.startsWith(":") || line.startsWith("event:"), left());
        if (next.isEmpty()) {
            return Finding.ok(NAME, "still open after " + subject.idle().toSeconds() + " s without a word");
        }
        long seconds = Math.round((next.get().atNanos() - silentSince) / 1e9);
        if (next.get().isEnd()) {
            return Finding.fail(
                    NAME,
                    "a silent stream was cut after " + seconds + " s, before the hub's heartbeat: "
                            + next.get().text(),
                    Fix.in(front, Fix.IDLE));
        } else if (next.get().text().startsWith("event:")) {
            return Finding.skip(
                    NAME, "the hub itself ended the stream: " + next.get().text());
        }
        return Finding.ok(NAME, "the hub's heartbeat came through after " + seconds + " s of silence");
    }

    private Duration left() {
        return subject.idle().minusNanos(System.nanoTime() - begun);
    }

    @Override
    public void close() throws IOException {
        if (opened.isPresent()) {
            opened.get().close();
        }
    }
}
