package dev.millrace.server.http;

import dev.millrace.http.Answer;
import dev.millrace.http.Header;
import dev.millrace.http.Problem;
import java.util.Optional;

/** What machines ask: whether the hub is well, and its figures. */
final class ProbeRoutes {
    private final Probes probes;

    ProbeRoutes(Probes probes) {
        this.probes = probes;
    }

    /** {@code GET /metrics}. */
    void metrics(Exchange exchange) {
        exchange.answer(Answer.text(
                "text/plain; version=0.0.4; charset=utf-8", probes.metrics().get()));
    }

    /** {@code GET /healthz}. */
    void health(Exchange exchange) {
        exchange.answer(Answer.json("{\"status\":\"ok\"}"));
    }

    /** {@code GET /readyz}. */
    void readiness(Exchange exchange) {
        Optional<String> reason = probes.unready().get();
        exchange.answer(
                reason.isEmpty()
                        ? Answer.json("{\"status\":\"ready\"}")
                        : Problem.of(503, reason.get(), new Header("Retry-After", "1"))
                                .answer());
    }
}
