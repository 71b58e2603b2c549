package dev.millrace.server.http;

import dev.millrace.http.Answer;
import dev.millrace.http.Header;
import dev.millrace.http.Problem;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Files out of the jar: the console, {@code /} and {@code /console/FILE}, and {@code /openapi.yaml}. */
final class StaticRoutes {
    private static final Pattern NAME = Pattern.compile("console/[A-Za-z0-9_-]{1,64}\\.[a-z]{1,8}|openapi\\.yaml");
    private static final Pattern GZIP = Pattern.compile("\\s*gzip\\s*(;\\s*q=(1|1\\.0*|0\\.0*[1-9]\\d*)\\s*)?");
    private static final List<Header> HEADERS = List.of(
            new Header("Vary", "Accept-Encoding"),
            new Header("Cache-Control", "no-cache"),
            new Header("Referrer-Policy", "no-referrer"),
            new Header(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
                            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));

    private final Map<String, StaticFile> plain = new ConcurrentHashMap<>();
    private final Map<String, StaticFile> packed = new ConcurrentHashMap<>();

    void index(Exchange exchange) {
        answer(exchange, "console/index.html");
    }

    void file(Exchange exchange) {
        answer(exchange, "console/" + exchange.parameter());
    }

    void description(Exchange exchange) {
        answer(exchange, "openapi.yaml");
    }

    private void answer(Exchange exchange, String name) {
        StaticFile file = find(name, takesGzip(exchange)).orElseThrow(() -> Problem.notFound("there is no such file"));
        List<Header> headers = new ArrayList<>(HEADERS);
        headers.add(new Header("ETag", file.tag()));
        boolean isKnown = exchange.request().headers().getAll(HttpHeaderNames.IF_NONE_MATCH).stream()
                .anyMatch(tags -> tags.equals("*") || tags.contains(file.tag()));
        if (isKnown) {
            exchange.answer(new Answer(304, "", new byte[0], headers));
            return;
        }
        headers.addAll(file.headers());
        exchange.answer(new Answer(200, file.type(), file.bytes(), headers));
    }

    /** Only files that exist are remembered: whoever asks for others must not fill the memory. */
    private Optional<StaticFile> find(String name, boolean isPacked) {
        Map<String, StaticFile> known = isPacked ? packed : plain;
        StaticFile file = known.get(name);
        if (file != null || !NAME.matcher(name).matches()) {
            return Optional.ofNullable(file);
        }
        Optional<StaticFile> loaded = StaticFile.load(name, isPacked);
        loaded.ifPresent(found -> known.put(name, found));
        return loaded;
    }

    private static boolean takesGzip(Exchange exchange) {
        return exchange.request().headers().getAll(HttpHeaderNames.ACCEPT_ENCODING).stream()
                .flatMap(codings -> Pattern.compile(",").splitAsStream(codings))
                .anyMatch(coding -> GZIP.matcher(coding).matches());
    }
}
