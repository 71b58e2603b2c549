package dev.millrace.bench.compare;

import dev.millrace.bench.load.Arrivals;
import dev.millrace.bench.load.Dialect;
import dev.millrace.bench.load.LoadPlan;
import dev.millrace.bench.load.PublishRequest;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;

/** How the peers are published to: {@code POST /publish/CHANNEL} with a JSON value. */
abstract class PeerDialect implements Dialect {
    private static final String DATA = "\"data\":\"";

    @Override
    public PublishRequest publish(LoadPlan plan, int channel) {
        return PublishRequest.to(plan, "/publish/" + name(channel), "application/json", "\"", "\"", 1);
    }

    static String name(int channel) {
        return "bench" + channel;
    }

    static FullHttpRequest get(LoadPlan plan, String path) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
        request.headers().set("Host", plan.hub().getAuthority());
        return request;
    }

    static URI webSocket(LoadPlan plan, String path) {
        return URI.create("ws://" + plan.hub().getAuthority() + path);
    }

    /** Tells the data of all events in a JSON text; what is published holds no quotes. */
    static void tellAll(String json, Arrivals arrivals) {
        for (int at = json.indexOf(DATA); at >= 0; at = json.indexOf(DATA, at)) {
            int end = json.indexOf('"', at + DATA.length());
            arrivals.arrived(json.substring(at + DATA.length(), end));
            at = end;
        }
    }
}
