package dev.millrace.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One publisher: a connection with one request on its way at a time. It sends bytes, and is given the parts of answers.
 *
 * <p>In an open loop what is due while it waits for an answer is sent later, and counts from when it was due.
 */
final class Publishing extends SimpleChannelInboundHandler<HttpObject> {
    private final LoadPlan plan;
    private final int publisher;
    private final Tally tally;
    private final int[] listenersOf;
    private final IntFunction<PublishRequest> requests;
    private final BooleanSupplier mayPublish;
    private final Deque<Long> due = new ArrayDeque<>();
    private @Nullable Channel connection;
    private long number;
    private long sentNanos;
    private boolean isWaiting;
    private HttpStatusClass answer = HttpStatusClass.UNKNOWN;
    private int expectedIfKept;

    /** @param requests how a channel is published to */
    Publishing(
            LoadPlan plan,
            int publisher,
            Tally tally,
            int[] listenersOf,
            IntFunction<PublishRequest> requests,
            BooleanSupplier mayPublish) {
        this.plan = plan;
        this.publisher = publisher;
        this.tally = tally;
        this.listenersOf = listenersOf;
        this.requests = requests;
        this.mayPublish = mayPublish;
    }

    /** An event is due now. */
    void due(long nanos) {
        due.add(nanos);
        next();
    }

    /** Sends the next event, if there is one and the connection is free. */
    void next() {
        if (isWaiting || connection == null) {
            return;
        }
        if (plan.rate() > 0) {
            Long nanos = due.poll();
            if (nanos != null) {
                send(nanos);
            }
        } else if (mayPublish.getAsBoolean()) {
            send(System.nanoTime());
        }
    }

    private void send(long dueNanos) {
        Channel to = connection;
        if (to == null) {
            return;
        }
        int channel = (int) ((number / plan.batch() * plan.publishers() + publisher) % plan.channels());
        ByteBuf request = requests.apply(channel).bytes(to.alloc(), publisher, number, dueNanos);
        number += plan.batch();
        isWaiting = true;
        sentNanos = System.nanoTime();
        expectedIfKept = plan.batch() * listenersOf[channel];
        tally.expected += expectedIfKept;
        to.writeAndFlush(request, to.voidPromise());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connection = ctx.channel();
        next();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
        if (part.decoderResult().isFailure()) {
            exceptionCaught(ctx, part.decoderResult().cause());
            return;
        }
        if (part instanceof HttpResponse head) {
            answer = head.status().codeClass();
        }
        if (part instanceof LastHttpContent && answer != HttpStatusClass.INFORMATIONAL) {
            answered();
        }
    }

    private void answered() {
        isWaiting = false;
        tally.answered(System.nanoTime() - sentNanos);
        if (answer == HttpStatusClass.SUCCESS) {
            tally.published += plan.batch();
        } else {
            tally.failures++;
            tally.expected -= expectedIfKept;
        }
        next();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection = null;
        if (isWaiting) {
            isWaiting = false;
            tally.failures++; // whether it was published is not known
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        isWaiting = false;
        tally.failures++;
        ctx.close();
    }
}
