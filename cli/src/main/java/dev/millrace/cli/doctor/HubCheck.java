package dev.millrace.cli.doctor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/** Whether a hub answers there, in what version of HTTP, and what its clock says. */
final class HubCheck {
    private static final Duration SLACK = Duration.ofSeconds(3); // the header has whole seconds
    private static final Duration WRONG = Duration.ofSeconds(30); // what a token's nbf may be off by

    private final Subject subject;
    private final HttpClient http;
    private Optional<HttpResponse<String>> health = Optional.empty();
    private Instant askedAt = Instant.EPOCH;
    private Duration took = Duration.ZERO;

    HubCheck(Subject subject, HttpClient http) {
        this.subject = subject;
        this.http = http;
    }

    /** To be made first. */
    Finding check() throws IOException, InterruptedException {
        http.send(
                subject.plain("healthz").build(), BodyHandlers.ofString()); // connects, so that the next shows the way
        askedAt = Instant.now();
        HttpResponse<String> answer = http.send(subject.plain("healthz").build(), BodyHandlers.ofString());
        took = Duration.between(askedAt, Instant.now());
        health = Optional.of(answer);
        if (answer.statusCode() != 200 || !answer.body().equals("{\"status\":\"ok\"}")) {
            return Finding.fail(
                    "hub",
                    "something answers" + by() + ", but it is no hub: " + answer.statusCode() + " for healthz",
                    Fix.ADDRESS);
        }
        HttpResponse<String> ready = http.send(subject.plain("readyz").build(), BodyHandlers.ofString());
        String text = "a hub answers" + by() + " in " + Reach.millis(took.toNanos());
        return ready.statusCode() == 200
                ? Finding.ok("hub", text)
                : Finding.warn(
                        "hub",
                        text + ", and is not ready: " + ready.body(),
                        List.of(new Fix("the hub", "wait for its start or end; with --redis-url, is Redis there?")));
    }

    private String by() {
        return front() == Front.UNNAMED ? "" : " through " + front().text();
    }

    /** What is in front of the hub. */
    Front front() {
        return health.map(answer -> Front.of(answer.headers())).orElse(Front.UNNAMED);
    }

    /** How long a request takes. */
    Duration took() {
        return took;
    }

    Finding version() {
        boolean isHttp2 = health.filter(answer -> answer.version() == HttpClient.Version.HTTP_2)
                .isPresent();
        if (isHttp2) {
            return Finding.ok("HTTP version", "HTTP/2: a page may open as many streams as it likes");
        }
        String text = "HTTP/1.1: a browser opens six connections to a host, for all its tabs together";
        return subject.isLocal() && !subject.isSecure()
                ? Finding.ok("HTTP version", text + "; HTTP/2 comes with TLS")
                : Finding.warn("HTTP version", text, Fix.in(front(), Fix.HTTP_2));
    }

    Finding clock() {
        Optional<Instant> theirs =
                health.flatMap(answer -> answer.headers().firstValue("Date")).flatMap(HubCheck::instant);
        if (theirs.isEmpty()) {
            return Finding.skip("clock", "the answer has no Date");
        }
        Duration off =
                Duration.between(askedAt.plus(took.dividedBy(2)), theirs.get()).abs();
        String text = "the clocks of the two sides differ by " + Math.max(0, off.toSeconds() - 1) + " s";
        if (off.compareTo(SLACK) <= 0) {
            return Finding.ok("clock", "the clocks of the two sides agree");
        }
        return off.compareTo(WRONG) <= 0
                ? Finding.warn("clock", text, Fix.CLOCK)
                : Finding.fail("clock", text + ": tokens count too early or too late", Fix.CLOCK);
    }

    private static Optional<Instant> instant(String date) {
        try {
            return Optional.of(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
