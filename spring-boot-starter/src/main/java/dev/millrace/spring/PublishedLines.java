package dev.millrace.spring;

import dev.millrace.http.Answer;
import dev.millrace.http.Json;
import dev.millrace.http.Limits;
import dev.millrace.http.NamedEvent;
import dev.millrace.http.Problem;
import dev.millrace.http.PublishRoutes;
import dev.millrace.http.Text;
import dev.millrace.hub.Hub;
import dev.millrace.log.ChannelName;
import dev.millrace.log.Position;
import dev.millrace.log.Publication;
import dev.millrace.log.Receipt;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A body of lines, each an event in JSON, published as they come. It is read on the request's own thread, which so holds its producer
 * back while the hub is busy.
 */
final class PublishedLines {
    private static final int MAX_BATCH = 256;

    private final Hub hub;
    private final long maxLineBytes;

    PublishedLines(Hub hub) {
        this.hub = hub;
        this.maxLineBytes = Limits.jsonBytes(hub.settings().maxEventBytes());
    }

    /** {@code POST /events}. */
    void publish(ServletCall call) {
        if (call.header(PublishRoutes.IDEMPOTENCY_KEY).isPresent()) {
            throw Problem.badRequest(PublishRoutes.IDEMPOTENCY_KEY + " is for a request with one event");
        }
        try (InputStream in = new BufferedInputStream(call.request().getInputStream())) {
            new Reading(call, in).run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One body being read. */
    private final class Reading {
        private final ServletCall call;
        private final InputStream in;
        private final List<Publication> batch = new ArrayList<>();
        private Optional<Position> last = Optional.empty();
        private long line;
        private long accepted;

        Reading(ServletCall call, InputStream in) {
            this.call = call;
            this.in = in;
        }

        void run() throws IOException {
            try {
                while (take()) {
                    if (batch.size() == MAX_BATCH || in.available() == 0) {
                        publishBatch();
                    }
                }
            } catch (RuntimeException | Error e) {
                publishBatch(); // what stood before
                throw Problem.of(e).atLine(line).exception();
            }
            publishBatch();
            call.answer(Answer.json("{\"accepted\":" + accepted + ",\"lastId\":" + Json.quoteOrNull(last) + "}"));
        }

        /** Takes a line into the batch; false at the end of the body. */
        private boolean take() throws IOException {
            line++;
            Optional<byte[]> bytes = read();
            String text = Text.decode(bytes.orElse(new byte[0]));
            if (!text.isBlank()) {
                batch.add(publication(NamedEvent.parse(text)));
            }
            return bytes.isPresent();
        }

        private Publication publication(NamedEvent event) {
            ChannelName channel = event.channel();
            Publication publication = Publication.to(channel, event.data()).named(event.name());
            PublishRoutes.requireGrant(call, channel);
            hub.settings().requireFits(publication); // here, where its line is known
            return publication;
        }

        private void publishBatch() {
            if (!batch.isEmpty()) {
                List<Receipt> receipts =
                        hub.publish(List.copyOf(batch)).toCompletableFuture().join();
                accepted += receipts.size();
                last = Optional.of(receipts.get(receipts.size() - 1).position());
                batch.clear();
                hub.room().toCompletableFuture().join();
            }
        }

        /** The next line without its end; empty at the end of the body. */
        private Optional<byte[]> read() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return bytes.size() == 0 ? Optional.empty() : Optional.of(bytes.toByteArray());
                }
                if (bytes.size() >= maxLineBytes) {
                    throw Problem.tooLarge(maxLineBytes);
                }
                bytes.write(b);
            }
            return Optional.of(bytes.toByteArray());
        }
    }
}
