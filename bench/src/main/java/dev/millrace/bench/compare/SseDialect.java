package dev.millrace.bench.compare;

import dev.millrace.bench.load.Arrivals;
import dev.millrace.bench.load.EventStream;
import dev.millrace.bench.load.LoadPlan;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.FullHttpRequest;

/** A peer that is listened to by Server-Sent Events. */
final class SseDialect extends PeerDialect {
    @Override
    public void listen(ChannelPipeline pipeline, LoadPlan plan, int channel, Arrivals arrivals) {
        FullHttpRequest request = get(plan, "/events/" + name(channel));
        request.headers().set("Accept", "text/event-stream");
        pipeline.addLast(new EventStream(request, arrivals));
    }
}
