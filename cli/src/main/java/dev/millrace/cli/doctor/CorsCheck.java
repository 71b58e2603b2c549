package dev.millrace.cli.doctor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;

/** Whether a page of another origin may use the hub. */
final class CorsCheck {
    private static final String NAME = "CORS";

    private final Subject subject;
    private final HttpClient http;

    CorsCheck(Subject subject, HttpClient http) {
        this.subject = subject;
        this.http = http;
    }

    Finding check() throws IOException, InterruptedException {
        if (subject.origin().isEmpty()) {
            return Finding.skip(NAME, "not tried: --origin https://app.example asks for a page of that origin");
        }
        String origin = subject.origin().get();
        HttpRequest preflight = subject.plain("events")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "GET")
                .header("Access-Control-Request-Headers", "authorization,last-event-id")
                .build();
        HttpResponse<String> answer = http.send(preflight, BodyHandlers.ofString());
        List<String> allowed = answer.headers().allValues("Access-Control-Allow-Origin");
        Optional<String> problem = problem(origin, answer.statusCode(), allowed);
        return problem.map(text -> Finding.fail(NAME, text, Fix.origin(origin)))
                .orElseGet(() -> Finding.ok(NAME, "a page of " + origin + " may use the hub"));
    }

    private static Optional<String> problem(String origin, int status, List<String> allowed) {
        if (allowed.isEmpty()) {
            return Optional.of("a page of " + origin + " may not use the hub: its preflight is answered with " + status
                    + " and no Access-Control-Allow-Origin");
        } else if (allowed.size() > 1) {
            return Optional.of("Access-Control-Allow-Origin comes " + allowed.size()
                    + " times, which no browser takes: the proxy adds one to the hub's");
        } else if (!allowed.get(0).equals(origin) && !allowed.get(0).equals("*")) {
            return Optional.of("another origin is allowed: " + allowed.get(0));
        }
        return status / 100 == 2 ? Optional.empty() : Optional.of("the preflight is answered with " + status);
    }
}
