package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.sse.SseEvent;
import dev.millrace.sse.SseHandler;
import dev.millrace.sse.SseParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A stream of an application under test, read on a thread of its own. */
final class TestStream implements AutoCloseable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<SseEvent> events = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private TestStream(HttpResponse<InputStream> response) {
        this.response = response;
        Thread reader = new Thread(this::read, "test-stream");
        reader.setDaemon(true);
        reader.start();
    }

    /** Opens a stream; further headers in pairs of name and value. */
    static TestStream open(int port, String target, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + target))
                .header("Accept", "text/event-stream");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return new TestStream(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
    }

    private void read() {
        SseHandler handler = events::add;
        SseParser parser = new SseParser("", 1 << 24, handler);
        byte[] buffer = new byte[8192];
        try (InputStream in = response.body()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                parser.parse(buffer, 0, n);
            }
        } catch (IOException e) {
            events.add(new SseEvent(java.util.Optional.empty(), "broken", String.valueOf(e.getMessage()), ""));
        } finally {
            ended.countDown();
        }
    }

    HttpResponse<InputStream> response() {
        return response;
    }

    /** The next event, whatever it is. */
    SseEvent next() throws InterruptedException {
        SseEvent event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("an event within 30 s").isNotNull();
        return event;
    }

    /** The next event, which has this name. */
    SseEvent next(String name) throws InterruptedException {
        SseEvent event = next();
        assertThat(event.name()).as("name of %s", event).isEqualTo(name);
        return event;
    }

    void awaitEnd() throws InterruptedException {
        assertThat(ended.await(30, TimeUnit.SECONDS)).as("the stream ended").isTrue();
    }

    @Override
    public void close() throws IOException {
        response.body().close();
    }
}
