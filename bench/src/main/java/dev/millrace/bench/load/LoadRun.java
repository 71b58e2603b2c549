package dev.millrace.bench.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One run of the load generator: connect, warm up, measure, wait for what is on its way. Everything on one event loop. */
public final class LoadRun {
    private static final int CONNECT_WINDOW = 64;
    private static final int CONNECT_SECONDS = 60;
    private static final int REST_SECONDS = 10;
    private static final long QUIET_MILLIS = 10;
    private static final long END_MILLIS = 1000;
    private static final int STALLED_BUFFER = 4096; // bytes, so that they soon take no more

    private final LoadPlan plan;
    private final Consumer<String> progress;
    private final Probe probe;
    private final Tally tally = new Tally();
    private final WireCount wire = new WireCount(tally);
    private final List<Publishing> publishers = new ArrayList<>();
    private final int[] listenersOf;
    private List<URI> listenOn;
    private Company company = Company.NONE;
    private final CompletableFuture<Void> allConnected = new CompletableFuture<>();
    private int opened;
    private int connected;
    private boolean isPublishing;
    private long nextDueNanos;
    private int turn;

    public LoadRun(LoadPlan plan, Consumer<String> progress) {
        this(plan, progress, Probe.NONE);
    }

    /** A run during which a probe looks at the server. */
    public LoadRun(LoadPlan plan, Consumer<String> progress, Probe probe) {
        this.plan = plan;
        this.probe = probe;
        this.progress = progress;
        this.listenOn = List.of(plan.hub());
        this.listenersOf = new int[plan.channels()];
        for (int i = 0; i < plan.listeners(); i++) {
            listenersOf[i % plan.channels()]++;
        }
    }

    /** Spreads the listeners over these hubs in turn; publishers stay with the plan's. */
    public LoadRun listeningOn(List<URI> hubs) {
        if (hubs.isEmpty()) {
            throw new IllegalArgumentException("hubs must not be empty");
        }
        listenOn = List.copyOf(hubs);
        return this;
    }

    /** Has others there, too. */
    public LoadRun inCompany(Company others) {
        company = others;
        return this;
    }

    /**
     * Runs it; blocks until it is over.
     *
     * @throws IllegalStateException if not all listeners could connect
     */
    public LoadReport run() throws InterruptedException {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(
                1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        try {
            long begin = System.nanoTime();
            group.execute(() -> {
                openMore(group);
                completeWhenConnected();
            });
            awaitConnected();
            double connectSeconds = (System.nanoTime() - begin) / 1e9;
            progress.accept(plan.listeners() + " listeners connected in " + Math.round(connectSeconds * 1000) + " ms");
            Returning returning = new Returning(plan, company, handlers -> connect(group, listenOn.get(0), handlers));
            if (company.returning() > 0) {
                returning.prepare();
            }
            group.execute(() -> openStalled(group));
            group.execute(() -> openPublishers(group));
            List<ScheduledFuture<?>> timers = new ArrayList<>();
            timers.add(group.scheduleAtFixedRate(this::publishDue, 1, 1, TimeUnit.MILLISECONDS));
            timers.add(group.scheduleAtFixedRate(this::endSecond, 1, 1, TimeUnit.SECONDS));
            TimeUnit.NANOSECONDS.sleep(plan.warmup().toNanos());
            probe.begin();
            group.execute(() -> tally.measure(true));
            long measureBegin = System.nanoTime();
            if (company.returning() > 0) {
                group.schedule(returning::begin, plan.duration().toNanos() / 4, TimeUnit.NANOSECONDS);
                timers.add(group.scheduleAtFixedRate(returning::isOver, 1, 1, TimeUnit.MILLISECONDS));
            }
            TimeUnit.NANOSECONDS.sleep(plan.duration().toNanos());
            probe.end();
            CompletableFuture<Double> measured = new CompletableFuture<>();
            group.execute(() -> {
                tally.measure(false);
                isPublishing = false;
                measured.complete((System.nanoTime() - measureBegin) / 1e9);
            });
            double seconds = measured.join();
            awaitRest(group, () -> tally.lost() <= 0 && (company.returning() == 0 || returning.isOver()));
            timers.forEach(timer -> timer.cancel(false));
            return LoadReport.of(plan, tally, connectSeconds, seconds, company.stalled(), returning.report());
        } finally {
            // Without a quiet time a busy loop may end between two looks, and leave its connections open.
            group.shutdownGracefully(QUIET_MILLIS, END_MILLIS, TimeUnit.MILLISECONDS)
                    .syncUninterruptibly();
        }
    }

    private void awaitConnected() throws InterruptedException {
        try {
            allConnected.get(CONNECT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException(
                    "only " + connected + " of " + plan.listeners() + " listeners could connect to " + plan.hub()
                            + ": is the hub up, and does --max-connections allow it?",
                    e);
        }
    }

    private void openMore(EventLoopGroup group) {
        while (opened < plan.listeners() && opened - connected < CONNECT_WINDOW) {
            URI hub = listenOn.get(opened % listenOn.size());
            int channel = opened++ % plan.channels();
            Arrivals arrivals = new Arrivals(plan.publishers(), tally, () -> connected(group));
            connect(group, hub, pipeline -> {
                pipeline.addLast(wire, new HttpClientCodec());
                plan.dialect().listen(pipeline, plan, channel, arrivals);
            });
        }
    }

    private void connected(EventLoopGroup group) {
        connected++;
        completeWhenConnected();
        openMore(group);
    }

    private void completeWhenConnected() {
        if (connected == plan.listeners()) {
            allConnected.complete(null);
        }
    }

    private void openStalled(EventLoopGroup group) {
        for (int i = 0; i < company.stalled(); i++) {
            int channel = i % plan.channels();
            connect(group, listenOn.get(0), pipeline -> {
                pipeline.channel().config().setOption(ChannelOption.SO_RCVBUF, STALLED_BUFFER);
                pipeline.channel().config().setAutoRead(false);
                pipeline.addLast(new HttpClientCodec());
                plan.dialect().listen(pipeline, plan, channel, new Arrivals(plan.publishers(), new Tally(), () -> {}));
            });
        }
    }

    private void openPublishers(EventLoopGroup group) {
        isPublishing = true;
        nextDueNanos = System.nanoTime();
        Map<Integer, PublishRequest> requests = new HashMap<>();
        for (int i = 0; i < plan.publishers(); i++) {
            Publishing publisher = new Publishing(
                    plan,
                    i,
                    tally,
                    listenersOf,
                    channel -> requests.computeIfAbsent(channel, plan::publishing),
                    this::mayPublish);
            publishers.add(publisher);
            connect(group, plan.hub(), pipeline -> pipeline.addLast(new HttpResponseDecoder(), publisher));
        }
    }

    private void connect(EventLoopGroup group, URI hub, Consumer<ChannelPipeline> handlers) {
        new Bootstrap()
                .group(group)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel connection) {
                        handlers.accept(connection.pipeline());
                    }
                })
                .connect(hub.getHost(), LoadPlan.port(hub))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        tally.failures++;
                        allConnected.completeExceptionally(done.cause());
                    }
                });
    }

    private boolean mayPublish() {
        long perEvent = Math.max(1, plan.listeners() / plan.channels());
        return isPublishing && tally.expected - tally.received < plan.window() * perEvent;
    }

    private void publishDue() {
        long now = System.nanoTime();
        if (plan.rate() > 0) {
            while (isPublishing && nextDueNanos <= now) {
                publishers.get(turn++ % publishers.size()).due(nextDueNanos);
                nextDueNanos += 1_000_000_000L / plan.rate();
            }
        } else {
            publishers.forEach(Publishing::next);
        }
    }

    private void endSecond() {
        if (tally.isMeasuring()) {
            tally.endSecond();
            Tally.Second last = tally.seconds().get(tally.seconds().size() - 1);
            progress.accept(String.format(
                    "%3d s  %,d published in all, %,d deliveries/s, p99 %.2f ms",
                    tally.seconds().size(),
                    tally.published,
                    last.deliveries,
                    last.latency.getValueAtPercentile(99) / 1e6));
        }
    }

    private static void awaitRest(EventLoopGroup group, BooleanSupplier isAllThere) {
        CompletableFuture<Void> rest = new CompletableFuture<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(REST_SECONDS);
        ScheduledFuture<?> look = group.scheduleAtFixedRate(
                () -> {
                    if (isAllThere.getAsBoolean() || System.nanoTime() > deadline) {
                        rest.complete(null);
                    }
                },
                100,
                20,
                TimeUnit.MILLISECONDS);
        rest.join();
        look.cancel(false);
    }
}
