package dev.millrace.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;

/** How the hub is spoken to: by its own HTTP interface. */
public final class HubDialect implements Dialect {
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
        FullHttpRequest request = request(HttpMethod.GET, plan, path(channel), new byte[0]);
        request.headers().set("Accept", "text/event-stream");
        return request;
    }

    @Override
    public FullHttpRequest publish(LoadPlan plan, int channel, byte[] data) {
        FullHttpRequest request = request(HttpMethod.POST, plan, path(channel), data);
        request.headers().set("Content-Type", "text/plain");
        return request;
    }

    @Override
    public FullHttpRequest publishAll(LoadPlan plan, int channel, List<byte[]> data) {
        StringBuilder lines = new StringBuilder();
        for (byte[] event : data) {
            lines.append(line(channel, new String(event, US_ASCII)));
        }
        FullHttpRequest request =
                request(HttpMethod.POST, plan, "/events", lines.toString().getBytes(US_ASCII));
        request.headers().set("Content-Type", "application/x-ndjson");
        return request;
    }

    /** An event as a line of NDJSON. */
    static String line(int channel, String data) {
        return "{\"channel\":\"bench/" + channel + "\",\"data\":\"" + data + "\"}\n";
    }

    static String path(int channel) {
        return "/events/bench/" + channel;
    }

    private static FullHttpRequest request(HttpMethod method, LoadPlan plan, String path, byte[] body) {
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path, Unpooled.wrappedBuffer(body));
        if (method.equals(HttpMethod.POST)) {
            request.headers().set("Content-Length", body.length);
        }
        request.headers().set("Host", plan.hub().getAuthority());
        plan.token().ifPresent(token -> request.headers().set("Authorization", "Bearer " + token));
        return request;
    }
}
