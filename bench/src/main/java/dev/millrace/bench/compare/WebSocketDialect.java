package dev.millrace.bench.compare;

import dev.millrace.bench.load.Arrivals;
import dev.millrace.bench.load.LoadPlan;
import io.netty.channel.ChannelPipeline;

/** A peer that is listened to by WebSocket: connected when the handshake is done. */
final class WebSocketDialect extends PeerDialect {
    @Override
    public void listen(ChannelPipeline pipeline, LoadPlan plan, int channel, Arrivals arrivals) {
        Frames.listen(pipeline, webSocket(plan, "/events/" + name(channel)), arrivals, new Frames() {
            @Override
            public void opened(Peer peer) {
                arrivals.connected();
            }

            @Override
            public void frame(Peer peer, String text) {
                tellAll(text, arrivals);
            }
        });
    }
}
