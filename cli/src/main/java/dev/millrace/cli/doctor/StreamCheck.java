package dev.millrace.cli.doctor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A stream, opened as a browser does: whether it comes as the hub sends it, and at once. */
final class StreamCheck {
    private static final Duration AT_ONCE = Duration.ofSeconds(5);
    private static final Duration SLOW = Duration.ofSeconds(1);
    private static final int EVENTS = 3;

    private final Subject subject;
    private final HttpClient http;
    private final HubCheck hub;
    private final List<Finding> findings = new ArrayList<>();

    StreamCheck(Subject subject, HttpClient http, HubCheck hub) {
        this.subject = subject;
        this.http = http;
        this.hub = hub;
    }

    List<Finding> check() throws IOException, InterruptedException {
        Optional<OpenStream> opened = OpenStream.open(http, subject.stream().build(), AT_ONCE);
        if (opened.isEmpty()) {
            findings.add(buffered("not even the head of a stream came within " + AT_ONCE.toSeconds() + " s"));
            return findings;
        }
        try (OpenStream stream = opened.get()) {
            if (isStream(stream) && isPlain(stream)) {
                deliver(stream);
            }
        }
        return findings;
    }

    private boolean isStream(OpenStream stream) {
        String type = stream.headers().firstValue("Content-Type").orElse("none");
        if (stream.status() == 401 || stream.status() == 403) {
            findings.add(Finding.fail(
                    "stream",
                    "refused with " + stream.status() + ": "
                            + (stream.status() == 401
                                    ? "the hub wants a token"
                                    : "the token does not grant " + subject.channel()),
                    Fix.TOKEN));
            return false;
        } else if (stream.status() != 200 || !type.startsWith("text/event-stream")) {
            findings.add(
                    Finding.fail("stream", "no stream: " + stream.status() + ", Content-Type " + type, Fix.ADDRESS));
            return false;
        }
        findings.add(Finding.ok("stream", "200, " + type));
        return true;
    }

    private boolean isPlain(OpenStream stream) {
        Optional<String> coding = stream.headers().firstValue("Content-Encoding");
        if (coding.isPresent()) {
            findings.add(Finding.fail(
                    "compression",
                    "the stream is compressed (" + coding.get() + "): a compressor holds events back",
                    Fix.in(hub.front(), Fix.COMPRESSION)));
            return false;
        }
        findings.add(Finding.ok("compression", "none"));
        return true;
    }

    private void deliver(OpenStream stream) throws IOException, InterruptedException {
        Optional<OpenStream.Line> id = stream.await(line -> line.startsWith("id:"), AT_ONCE);
        if (id.isEmpty()) {
            findings.add(buffered("the first words of a stream did not come within " + AT_ONCE.toSeconds() + " s"));
            return;
        } else if (id.get().isEnd()) {
            findings.add(Finding.fail(
                    "buffering", "the stream ended at once: " + id.get().text(), List.of()));
            return;
        }
        findings.add(events(stream));
        findings.add(resume(id.get().text().substring("id:".length()).strip()));
    }

    private Finding events(OpenStream stream) throws IOException, InterruptedException {
        long worst = 0;
        for (int i = 1; i <= EVENTS; i++) {
            String data = "doctor " + i + " of " + EVENTS;
            long begun = System.nanoTime();
            HttpResponse<String> answer = http.send(subject.publish(data).build(), BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                return Finding.ok(
                        "buffering",
                        "the first words came at once; events were not tried, as publishing on " + subject.channel()
                                + " was refused with " + answer.statusCode());
            }
            Optional<OpenStream.Line> came = stream.await(line -> line.equals("data: " + data), AT_ONCE);
            if (came.isEmpty()) {
                return buffered("an event did not come within " + AT_ONCE.toSeconds() + " s");
            } else if (came.get().isEnd()) {
                return Finding.fail(
                        "buffering", "the stream ended: " + came.get().text(), List.of());
            }
            worst = Math.max(worst, came.get().atNanos() - begun);
        }
        String text = EVENTS + " events came, each within " + Reach.millis(worst);
        boolean isSlow = worst > SLOW.plus(hub.took().multipliedBy(2)).toNanos();
        return isSlow
                ? Finding.warn("buffering", text, Fix.in(hub.front(), Fix.BUFFERING))
                : Finding.ok("buffering", text);
    }

    private Finding buffered(String text) {
        return Finding.fail("buffering", text + ": something holds them back", Fix.in(hub.front(), Fix.BUFFERING));
    }

    private Finding resume(String id) throws IOException, InterruptedException {
        Optional<OpenStream> opened = OpenStream.open(
                http, subject.stream().header("Last-Event-ID", id).build(), AT_ONCE);
        if (opened.isEmpty()) {
            return Finding.skip("resume", "a second stream was not opened in time");
        }
        try (OpenStream stream = opened.get()) {
            String connected = stream.await(line -> line.startsWith("data:") && line.contains("\"resumed\""), AT_ONCE)
                    .map(OpenStream.Line::text)
                    .orElse("");
            if (connected.contains("\"resumed\":true")) {
                return Finding.ok("resume", "Last-Event-ID reaches the hub, and nothing was missed");
            }
            return connected.contains("\"resumed\":null")
                    ? Finding.fail("resume", "Last-Event-ID does not reach the hub", Fix.in(hub.front(), Fix.RESUME))
                    : Finding.warn("resume", "the hub could not resume at once: " + connected, List.of());
        }
    }
}
