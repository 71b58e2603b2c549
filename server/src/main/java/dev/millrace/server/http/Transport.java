package dev.millrace.server.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.SingleThreadEventExecutor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** The sockets under the server: epoll where the system has it, else what the JDK has. */
final class Transport {
    private static final int BACKLOG = 4096;
    private static final long MAX_UNSENT_BYTES = 128 * 1024; // in the kernel, of a peer that does not read
    private static final int PROBE_AFTER_SECONDS = 60;
    private static final int PROBE_EVERY_SECONDS = 10;
    private static final int PROBES = 3;

    private Transport() {}

    /** One loop for each core, which accept and serve connections. */
    static EventLoopGroup loops() {
        return new MultiThreadIoEventLoopGroup(
                Runtime.getRuntime().availableProcessors(),
                new DefaultThreadFactory("millrace-loop"),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
    }

    /** How long the thread of each loop has worked, as the system counts it, in nanoseconds. */
    static List<LongSupplier> times(EventLoopGroup loops) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<LongSupplier> times = new ArrayList<>();
        for (EventExecutor loop : loops) {
            if (threads.isThreadCpuTimeSupported() && loop instanceof SingleThreadEventExecutor thread) {
                times.add(() -> Math.max(
                        0, threads.getThreadCpuTime(thread.threadProperties().id())));
            }
        }
        return times;
    }

    /** The kind of a listening socket on these loops. */
    static Class<? extends ServerChannel> listening() {
        return Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
    }

    /**
     * What opens a door on these loops, once it is told the socket.
     *
     * @param writeTimeout after which the kernel itself drops a peer that acknowledges nothing: one that is half open
     */
    static ServerBootstrap bootstrap(EventLoopGroup loops, Duration writeTimeout) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new ReadSizes())
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true);
        return Epoll.isAvailable()
                ? bootstrap
                        .childOption(EpollChannelOption.TCP_USER_TIMEOUT, (int) writeTimeout.toMillis())
                        .childOption(EpollChannelOption.TCP_NOTSENT_LOWAT, MAX_UNSENT_BYTES)
                        .childOption(EpollChannelOption.TCP_KEEPIDLE, PROBE_AFTER_SECONDS)
                        .childOption(EpollChannelOption.TCP_KEEPINTVL, PROBE_EVERY_SECONDS)
                        .childOption(EpollChannelOption.TCP_KEEPCNT, PROBES)
                : bootstrap;
    }
}
