package dev.millrace.bench.compare;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.bench.load.Arrivals;
import dev.millrace.bench.load.LoadPlan;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObjectAggregator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A peer that is listened to by long polling, on one connection that is kept: connected when the first answer has said where it stands. */
final class LongPollingDialect extends PeerDialect {
    private static final Pattern LAST_ID = Pattern.compile("\"lastId\":(\\d+)");
    private static final int MAX_ANSWER = 1 << 20;

    @Override
    public void listen(ChannelPipeline pipeline, LoadPlan plan, int channel, Arrivals arrivals) {
        pipeline.addLast(new HttpObjectAggregator(MAX_ANSWER), new Poller(plan, channel, arrivals));
    }

    private static final class Poller extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final LoadPlan plan;
        private final String path;
        private final Arrivals arrivals;

        Poller(LoadPlan plan, int channel, Arrivals arrivals) {
            this.plan = plan;
            this.path = "/events/" + name(channel);
            this.arrivals = arrivals;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.writeAndFlush(get(plan, path));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse answer) {
            String json = answer.content().toString(UTF_8);
            Matcher lastId = LAST_ID.matcher(json);
            if (!lastId.find()) {
                arrivals.failed();
                ctx.close();
                return;
            }
            tellAll(json, arrivals);
            arrivals.connected();
            ctx.writeAndFlush(get(plan, path + "?after=" + lastId.group(1)));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            arrivals.failed();
            ctx.close();
        }
    }
}
