package dev.millrace.bench.load;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One publisher: a connection with one request on its way at a time, without an HTTP codec on it.
 *
 * <p>In an open loop what is due while it waits for an answer is sent later, and counts from when it was due.
 */
final class Publishing extends SimpleChannelInboundHandler<ByteBuf> {
    private final LoadPlan plan;
    private final int publisher;
    private final Tally tally;
    private final int[] listenersOf;
    private final IntFunction<PublishRequest> requests;
    private final BooleanSupplier mayPublish;
    private final AnswerReader answers = new AnswerReader(this::answered);
    private final Deque<Long> due = new ArrayDeque<>();
    private @Nullable Channel connection;
    private long number;
    private long sentNanos;
    private boolean isWaiting;
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
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
        answers.read(bytes);
    }

    private void answered(int status) {
        isWaiting = false;
        tally.answered(System.nanoTime() - sentNanos);
        if (status / 100 == 2) {
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
