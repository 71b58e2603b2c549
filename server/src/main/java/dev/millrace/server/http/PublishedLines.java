package dev.millrace.server.http;

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
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A body of lines, each an event in JSON, published part by part.
 *
 * <p>While a part's events are being published, and while the hub is busy, no further part is taken: so the producer is held
 * back, and what waits is never more than one part.
 */
final class PublishedLines implements BodySink {
    private final Hub hub;
    private final Exchange exchange;
    private final int maxLineBytes;
    private ByteBuf begun = Unpooled.EMPTY_BUFFER; // of a line whose end has not come
    private @Nullable ChannelName channel; // of the last event
    private long line; // the number of the last line that was looked at
    private long accepted;
    private Optional<Position> last = Optional.empty();
    private boolean isPublishing;
    private boolean isWhole;
    private @Nullable Problem failure;

    PublishedLines(Hub hub, Exchange exchange) {
        this.hub = hub;
        this.exchange = exchange;
        this.maxLineBytes = (int)
                Math.min(Integer.MAX_VALUE, Limits.jsonBytes(hub.settings().maxEventBytes()));
    }

    @Override
    public void part(ByteBuf bytes) {
        long firstLine = line + 1;
        List<Publication> batch = new ArrayList<>();
        while (failure == null && bytes.isReadable()) {
            int end = bytes.indexOf(bytes.readerIndex(), bytes.writerIndex(), (byte) '\n');
            int length = (end < 0 ? bytes.writerIndex() : end) - bytes.readerIndex();
            if (begun.readableBytes() + length > maxLineBytes) {
                line++;
                failure = Problem.of(Problem.tooLarge(maxLineBytes)).atLine(line);
            } else if (end < 0) {
                begun = joined(bytes.readSlice(length));
            } else {
                ByteBuf rest = bytes.readSlice(length);
                parse(begun.isReadable() ? joined(rest) : rest, batch);
                bytes.skipBytes(1);
            }
        }
        publish(batch, firstLine);
    }

    @Override
    public void end() {
        isWhole = true;
        if (!isPublishing) {
            finish();
        }
    }

    @Override
    public void abandoned() {
        failure = Problem.of(400, "the body has no end");
        begun = Unpooled.EMPTY_BUFFER;
    }

    /** What was begun and this, in a buffer that needs no release. */
    private ByteBuf joined(ByteBuf more) {
        if (!begun.isReadable()) {
            return Unpooled.wrappedBuffer(ByteBufUtil.getBytes(more));
        }
        ByteBuf joined = begun.maxWritableBytes() >= more.readableBytes() && !begun.isReadOnly() && begun.isWritable()
                ? begun
                : Unpooled.buffer(2 * (begun.readableBytes() + more.readableBytes()))
                        .writeBytes(begun);
        return joined.writeBytes(more);
    }

    private void parse(ByteBuf bytes, List<Publication> batch) {
        begun = Unpooled.EMPTY_BUFFER;
        line++;
        try {
            String text = Text.decode(ByteBufUtil.getBytes(bytes));
            if (!text.isBlank()) {
                batch.add(publication(NamedEvent.parse(text)));
            }
        } catch (Throwable e) {
            failure = Problems.of(e).atLine(line);
        }
    }

    private Publication publication(NamedEvent event) {
        channel = event.channel(channel);
        Publication publication = Publication.to(channel, event.data()).named(event.name());
        PublishRoutes.requireGrant(exchange, channel);
        hub.settings().requireFits(publication); // here, where its line is known
        exchange.requireRate();
        return publication;
    }

    private void publish(List<Publication> batch, long firstLine) {
        if (batch.isEmpty()) {
            goOn();
            return;
        }
        isPublishing = true;
        exchange.pause();
        exchange.hurry(false);
        var kept = hub.publish(batch)
                .handle((receipts, problem) -> {
                    if (problem == null) {
                        accepted(receipts);
                    } else {
                        failure = Problems.of(problem).atLine(firstLine);
                    }
                    return 0;
                })
                .thenCompose(done -> hub.room());
        exchange.when(kept, done -> {
            isPublishing = false;
            goOn();
        });
    }

    private void accepted(List<Receipt> receipts) {
        accepted += receipts.size();
        last = Optional.of(receipts.get(receipts.size() - 1).position());
    }

    private void goOn() {
        if (failure != null) {
            exchange.answer(failure.answer());
        } else if (isWhole) {
            finish();
        } else {
            exchange.hurry(begun.isReadable());
            exchange.resume();
        }
    }

    private void finish() {
        if (begun.isReadable()) {
            List<Publication> rest = new ArrayList<>(1);
            parse(begun, rest);
            publish(rest, line);
        } else {
            exchange.answer(Answer.json("{\"accepted\":" + accepted + ",\"lastId\":" + Json.quoteOrNull(last) + "}"));
        }
    }
}
