package dev.millrace.cli.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A stream of events as it comes over the wire, with the moment at which each line came. For one reader. */
final class OpenStream implements AutoCloseable {
    /**
     * A line of the stream, or its end.
     *
     * @param atNanos when it came
     */
    record Line(String text, boolean isEnd, long atNanos) {}

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Line> lines = new LinkedBlockingQueue<>();

    private OpenStream(HttpResponse<InputStream> response) {
        this.response = response;
    }

    /** Opens it; empty where not even the head of an answer comes in time. */
    static Optional<OpenStream> open(HttpClient http, HttpRequest request, Duration patience)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<InputStream>> answer = http.sendAsync(request, BodyHandlers.ofInputStream());
        try {
            OpenStream stream = new OpenStream(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS));
            Thread reader = new Thread(stream::read, "millrace-doctor");
            reader.setDaemon(true);
            reader.start();
            return Optional.of(stream);
        } catch (TimeoutException e) {
            answer.cancel(true);
            return Optional.empty();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof java.net.http.HttpTimeoutException) {
                return Optional.empty();
            }
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        }
    }

    private void read() {
        String end = "the answer was ended";
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(new Line(line, false, System.nanoTime()));
            }
        } catch (IOException e) {
            end = String.valueOf(e.getMessage());
        }
        lines.add(new Line(end, true, System.nanoTime()));
    }

    int status() {
        return response.statusCode();
    }

    HttpHeaders headers() {
        return response.headers();
    }

    HttpClient.Version version() {
        return response.version();
    }

    /** The next line of this kind, or the end; empty where neither comes in time. */
    Optional<Line> await(Predicate<String> kind, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            Line line = lines.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null || line.isEnd() || kind.test(line.text())) {
                return Optional.ofNullable(line);
            }
        }
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }
}
