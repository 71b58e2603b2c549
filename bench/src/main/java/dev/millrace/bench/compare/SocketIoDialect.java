package dev.millrace.bench.compare;

import dev.millrace.bench.load.Arrivals;
import dev.millrace.bench.load.LoadPlan;
import io.netty.channel.ChannelPipeline;

/**
 * A peer that is listened to by Socket.IO, by WebSocket from the start: connected when the server has answered the request for
 * the namespace.
 *
 * <p>Source: Socket.IO protocol 5 on Engine.IO protocol 4, whose packets begin with the digits below.
 */
final class SocketIoDialect extends PeerDialect {
    private static final String OPEN = "0";
    private static final String PING = "2";
    private static final String PONG = "3";
    private static final String CONNECT = "40";
    private static final String EVENT = "42";

    @Override
    public void listen(ChannelPipeline pipeline, LoadPlan plan, int channel, Arrivals arrivals) {
        String path = "/socket.io/?EIO=4&transport=websocket&channel=" + name(channel);
        Frames.listen(pipeline, webSocket(plan, path), arrivals, new Frames() {
            @Override
            public void opened(Peer peer) {}

            @Override
            public void frame(Peer peer, String text) {
                if (text.startsWith(EVENT)) {
                    tellAll(text, arrivals);
                } else if (text.startsWith(CONNECT)) {
                    arrivals.connected();
                } else if (text.startsWith(OPEN)) {
                    peer.send(CONNECT);
                } else if (text.equals(PING)) {
                    peer.send(PONG);
                }
            }
        });
    }
}
