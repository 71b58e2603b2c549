package dev.millrace.server.http;

import dev.millrace.http.Action.Access;
import dev.millrace.http.ClientRoutes;
import dev.millrace.http.LookingRoutes;
import dev.millrace.http.PublishRoutes;
import dev.millrace.http.Retry;
import dev.millrace.http.Route;
import dev.millrace.http.Router;
import dev.millrace.http.SteeringRoutes;
import dev.millrace.hub.Hub;
import dev.millrace.server.auth.Authenticator;
import dev.millrace.server.auth.PublishRate;
import dev.millrace.server.auth.StreamsPerAddress;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** A hub's door: listens for connections, and serves them on a few event loops. */
public final class HttpServer implements AutoCloseable {
    private static final int RELOAD_SECONDS = 2;
    private static final long QUIET_MILLIS = 10;
    private static final long END_MILLIS = 2000;
    private static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    private final Hub hub;
    private final EventLoopGroup loops;
    private final Map<EventLoop, ServerLoop> states = new HashMap<>();
    private final Router<Exchange> router;
    private final Gate gate;
    private final Door door;
    private final boolean isSecure;
    private final Optional<AccessLog> accessLog;
    private final Connections open = new Connections();

    private HttpServer(HttpSettings settings, Hub hub, Gate gate, Router<Exchange> router, ServerTime time)
            throws IOException {
        this.hub = hub;
        this.gate = gate;
        this.router = router;
        this.loops = Transport.loops();
        for (EventExecutor loop : loops) {
            EventLoop eventLoop = (EventLoop) loop;
            states.put(eventLoop, new ServerLoop(eventLoop, ALLOCATOR, time));
        }
        this.isSecure = settings.tls().isPresent();
        this.accessLog = settings.hasAccessLog() ? Optional.of(new AccessLog(time.nanoTime())) : Optional.empty();
        this.door = open(settings);
    }

    /**
     * Opens the door.
     *
     * @param probed what machines are told who ask for it
     * @param nanoTime a clock that never goes back, as {@link System#nanoTime}
     * @throws IOException if it can't listen on that address
     */
    public static HttpServer start(
            HttpSettings settings,
            Hub hub,
            Authenticator authenticator,
            Probes probed,
            Clock clock,
            LongSupplier nanoTime)
            throws IOException {
        return start(settings, hub, authenticator, probed, new ServerTime(clock, nanoTime, Patience.STANDARD));
    }

    static HttpServer start(HttpSettings settings, Hub hub, Authenticator authenticator, Probes probed, ServerTime time)
            throws IOException {
        Gate gate = new Gate(
                settings.tls().isPresent() ? "https" : "http",
                authenticator,
                settings.origins(),
                settings.proxies(),
                settings.publishRate().map(perSecond -> new PublishRate(perSecond, time.nanoTime())));
        ListenRoutes listen = new ListenRoutes(
                hub,
                new Retry(settings.retry()),
                settings.maxConnectionsPerAddress().map(StreamsPerAddress::new),
                settings.hasSystemMetrics());
        ProbeRoutes probes = new ProbeRoutes(probed);
        StaticRoutes files = new StaticRoutes();
        Router<Exchange> router = new Router<Exchange>(
                        listen::listen,
                        exchange -> exchange.receiveLines(hub),
                        new PublishRoutes(hub),
                        new SteeringRoutes(hub, settings.hasSystemMetrics()),
                        new LookingRoutes(hub),
                        new ClientRoutes(hub))
                .with("/", Route.get(Access.OPEN, files::index))
                .with("/openapi.yaml", Route.get(Access.OPEN, files::description))
                .with("/console/", Route.get(Access.OPEN, files::file))
                .with("/healthz", Route.get(Access.OPEN, probes::health))
                .with("/readyz", Route.get(Access.OPEN, probes::readiness))
                .with("/metrics", Route.get(Access.ADMIN, probes::metrics));
        return new HttpServer(settings, hub, gate, router, time);
    }

    private Door open(HttpSettings settings) throws IOException {
        settings.tls()
                .ifPresent(tls -> loops.next()
                        .scheduleAtFixedRate(tls::reloadIfChanged, RELOAD_SECONDS, RELOAD_SECONDS, TimeUnit.SECONDS));
        try {
            return Door.open(
                    settings,
                    Transport.bootstrap(loops, hub.settings().writeTimeout())
                            .childOption(ChannelOption.ALLOCATOR, ALLOCATOR)
                            .childHandler(new PipelineInitializer(settings.tls(), this::loopOf, this::connection)));
        } catch (IOException e) {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw e;
        }
    }

    private ServerLoop loopOf(Channel connection) {
        ServerLoop loop = states.get(connection.eventLoop());
        if (loop == null) {
            throw new IllegalStateException("a connection on an unknown loop");
        }
        return loop;
    }

    private HttpConnection connection(Channel connection, Wire wire) {
        return new HttpConnection(
                connection,
                wire,
                loopOf(connection),
                router,
                gate,
                open,
                hub.settings().maxEventBytes(),
                accessLog);
    }

    /** The address on which it listens. */
    public InetSocketAddress address() {
        return door.address();
    }

    /** Whether it speaks TLS. */
    public boolean isSecure() {
        return isSecure;
    }

    /** Its addresses, with a name in braces for what varies, and what each takes. */
    Map<String, String> addresses() {
        return router.addresses();
    }

    /** How many connections are open, streams and others. */
    public long connections() {
        return open.count();
    }

    /** How long each event loop has worked since it began, in nanoseconds; 0 where the machine does not tell. */
    public List<LongSupplier> loopTimes() {
        return Transport.times(loops);
    }

    /** The memory outside the heap that buffers of connections take, in bytes. */
    public long bufferBytes() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    /** Ends each connection that is no stream after its next answer, or at once where none is on its way. */
    public void drain() {
        door.drain();
        open.drain();
        states.values().forEach(loop -> loop.execute(loop::closeIdle));
    }

    /** Closes the door and every connection. */
    @Override
    public void close() {
        door.close();
        // Without a quiet time a busy loop may end between two looks, and leave its connections open.
        loops.shutdownGracefully(QUIET_MILLIS, END_MILLIS, TimeUnit.MILLISECONDS)
                .awaitUninterruptibly();
    }
}
