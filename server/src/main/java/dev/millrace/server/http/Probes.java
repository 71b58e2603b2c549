package dev.millrace.server.http;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What machines are told who ask for it. Called on event loops; must answer at once.
 *
 * @param unready why the hub is not ready; empty where it is
 * @param metrics the figures, in the text format of Prometheus
 */
public record Probes(Supplier<Optional<String>> unready, Supplier<String> metrics) {}
