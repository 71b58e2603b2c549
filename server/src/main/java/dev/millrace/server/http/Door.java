package dev.millrace.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Where connections come in: a port that is bound here, or a listening socket that the process was given. */
final class Door {
    private final Channel channel;
    private final boolean isGiven;

    private Door(Channel channel, boolean isGiven) {
        this.channel = channel;
        this.isGiven = isGiven;
    }

    /**
     * Opens it.
     *
     * @throws IOException if it can't listen there, or may not
     */
    static Door open(HttpSettings settings, ServerBootstrap bootstrap) throws IOException {
        return settings.givenSocket().isPresent()
                ? given(settings, bootstrap, settings.givenSocket().getAsInt())
                : bound(settings, bootstrap);
    }

    private static Door bound(HttpSettings settings, ServerBootstrap bootstrap) throws IOException {
        String place = settings.host() + ":" + settings.port();
        return new Door(
                opened(bootstrap.channel(Transport.listening()).bind(settings.host(), settings.port()), place), false);
    }

    private static Door given(HttpSettings settings, ServerBootstrap bootstrap, int descriptor) throws IOException {
        if (!Epoll.isAvailable()) {
            throw new IOException("can't listen on the socket that was handed over: that needs epoll, so Linux");
        }
        EpollServerSocketChannel socket = new EpollServerSocketChannel(descriptor);
        InetSocketAddress address = socket.localAddress();
        boolean isForAll = !InetAddress.getByName(settings.host()).isLoopbackAddress();
        if (!isForAll && !address.getAddress().isLoopbackAddress()) {
            socket.unsafe().closeForcibly();
            throw new IOException("the socket that was handed over listens on " + address.getHostString()
                    + ", but the hub is open to this machine alone: give a key, such as --jwt-secret, or --anonymous");
        }
        return new Door(
                opened(bootstrap.channelFactory(() -> socket).register(), "the socket that was handed over"), true);
    }

    private static Channel opened(ChannelFuture opening, String place) throws IOException {
        if (!opening.awaitUninterruptibly().isSuccess()) {
            throw new IOException(
                    "can't listen on " + place + ": " + opening.cause().getMessage(), opening.cause());
        }
        return opening.channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /** Takes no more connections where the socket outlives this process: they wait for the next one. */
    void drain() {
        if (isGiven) {
            channel.config().setAutoRead(false);
        }
    }

    void close() {
        channel.close().awaitUninterruptibly();
    }
}
