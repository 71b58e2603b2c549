package dev.millrace.bench.load;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One publisher: a connection with one request on its way at a time.
 *
 * <p>In an open loop what is due while it waits for an answer is sent later, and counts from when it was due.
 */
final class Publishing extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final LoadPlan plan;
    private final int publisher;
    private final Tally tally;
    private final int[] listenersOf;
    private final BooleanSupplier mayPublish;
    private final Deque<Long> due = new ArrayDeque<>();
    private @Nullable Channel connection;
    private long number;
    private long sentNanos;
    private boolean isWaiting;
    private int expectedIfKept;

    Publishing(LoadPlan plan, int publisher, Tally tally, int[] listenersOf, BooleanSupplier mayPublish) {
        this.plan = plan;
        this.publisher = publisher;
        this.tally = tally;
        this.listenersOf = listenersOf;
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
        List<byte[]> events = new ArrayList<>(plan.batch());
        for (int i = 0; i < plan.batch(); i++) {
            events.add(new Sample(publisher, number++, dueNanos).encode(plan.payload()));
        }
        isWaiting = true;
        sentNanos = System.nanoTime();
        expectedIfKept = plan.batch() * listenersOf[channel];
        tally.expected += expectedIfKept;
        FullHttpRequest request = plan.batch() == 1
                ? plan.dialect().publish(plan, channel, events.get(0))
                : plan.dialect().publishAll(plan, channel, events);
        to.writeAndFlush(request, to.voidPromise());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connection = ctx.channel();
        next();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse answer) {
        isWaiting = false;
        tally.answered(System.nanoTime() - sentNanos);
        if (answer.status().code() / 100 == 2) {
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
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tally.failures++;
        ctx.close();
    }
}
