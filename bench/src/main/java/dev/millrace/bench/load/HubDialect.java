package dev.millrace.bench.load;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;

/** How the hub is spoken to: by its own HTTP interface. */
public final class HubDialect implements Dialect {
    private static final String AFTER_DATA = "\"}\n";

    @Override
    public void listen(ChannelPipeline pipeline, LoadPlan plan, int channel, Arrivals arrivals) {
        pipeline.addLast(new EventStream(listening(plan, channel), arrivals));
    }

    /** Like {@link #listen}, from what came after this event on. */
    static void resume(ChannelPipeline pipeline, LoadPlan plan, int channel, String lastId, Arrivals arrivals) {
        FullHttpRequest request = listening(plan, channel);
        request.headers().set("Last-Event-ID", lastId);
        pipeline.addLast(new EventStream(request, arrivals));
    }

    private static FullHttpRequest listening(LoadPlan plan, int channel) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path(channel), Unpooled.EMPTY_BUFFER);
        request.headers().set("Accept", "text/event-stream");
        request.headers().set("Host", plan.hub().getAuthority());
        plan.token().ifPresent(token -> request.headers().set("Authorization", "Bearer " + token));
        return request;
    }

    @Override
    public PublishRequest publish(LoadPlan plan, int channel) {
        return PublishRequest.to(plan, path(channel), "text/plain", "", "", 1);
    }

    @Override
    public PublishRequest publishAll(LoadPlan plan, int channel) {
        return PublishRequest.to(
                plan, "/events", "application/x-ndjson", beforeData(channel), AFTER_DATA, plan.batch());
    }

    /** An event as a line of NDJSON. */
    static String line(int channel, String data) {
        return beforeData(channel) + data + AFTER_DATA;
    }

    private static String beforeData(int channel) {
        return "{\"channel\":\"bench/" + channel + "\",\"data\":\"";
    }

    static String path(int channel) {
        return "/events/bench/" + channel;
    }
}
