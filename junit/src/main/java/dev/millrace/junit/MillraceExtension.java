package dev.millrace.junit;

import dev.millrace.client.EventStream;
import dev.millrace.client.EventStreamBuilder;
import dev.millrace.hub.Hub;
import dev.millrace.server.MillraceServer;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A real hub for tests, on a free port of this machine: a static {@code @RegisterExtension} field is one hub for all tests of its class, an
 * instance field a new one for each test. With {@code @ExtendWith} test methods get it as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final MillraceExtension hub = MillraceExtension.create();
 *
 * @Test
 * void tellsThatTheOrderIsOnItsWay() {
 *     TestListener buyer = hub.listen("orders/42");
 *     new Orders(hub.uri()).ship(42);
 *     buyer.expect("{\"state\":\"shipped\"}");
 * }
 * }</pre>
 *
 * <p>Clients come back after 50 ms, so that a test need not wait for them. Listeners of a test are closed after it.
 */
public final class MillraceExtension
        implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final Duration FIRST_WAIT = Duration.ofMillis(20);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(200);

    private final UnaryOperator<MillraceServer.Builder> settings;
    private volatile @Nullable LiveHub live;
    private String startedFor = "";
    private int earlierListeners;

    /** A hub in memory, open to this machine; for JUnit, which calls it for {@code @ExtendWith}. */
    public MillraceExtension() {
        this(UnaryOperator.identity());
    }

    private MillraceExtension(UnaryOperator<MillraceServer.Builder> settings) {
        this.settings = settings;
    }

    /** A hub in memory, open to this machine. */
    public static MillraceExtension create() {
        return new MillraceExtension();
    }

    /** A hub with settings of one's own, such as {@code hub -> hub.jwtSecret(…)}; its port, its address and its clocks stay. */
    public static MillraceExtension with(UnaryOperator<MillraceServer.Builder> settings) {
        return new MillraceExtension(settings);
    }

    // ---- what tests do ----

    /** Where the hub is reached: what the code under test is given. */
    public URI uri() {
        return live().uri();
    }

    /** The hub itself, to look at, or to do what these methods do not. */
    public Hub hub() {
        return live().hub();
    }

    /** Publishes an event with a name; returns its id when it is kept. It does not go over the network. */
    public String publish(String channel, String name, String data) {
        return LiveHub.await(hub().publish(channel, name, data)).toString();
    }

    /** Publishes an event without a name; returns its id when it is kept. It does not go over the network. */
    public String publish(String channel, String data) {
        return publish(channel, "", data);
    }

    /**
     * Listens to channels and patterns over HTTP, from now on: what is published after this was called arrives.
     *
     * @throws AssertionError if the hub refuses
     */
    public TestListener listen(String... channels) {
        String query = Stream.of(channels)
                .map(channel -> "channel=" + URLEncoder.encode(channel, StandardCharsets.UTF_8))
                .collect(Collectors.joining("&", "?", ""));
        return listen(EventStream.builder(uri().resolve("/events" + query)).backoff(FIRST_WAIT, LONGEST_WAIT));
    }

    /**
     * Listens as the builder says: with a token, from an id on, with {@code history}. Returns when the hub has accepted the stream.
     *
     * @throws AssertionError if the hub refuses
     */
    public TestListener listen(EventStreamBuilder stream) {
        TestListener listener = new TestListener(live(), stream.comments(true).open());
        live().add(listener);
        listener.awaitOpen();
        return listener;
    }

    /** Cuts all connections to the hub, without a word. New ones go through at once. */
    public void cut() {
        live().link().cut();
    }

    /** Cuts all connections to the hub, and lets none through until the action is over. Publishing by this extension goes on. */
    public void whileUnreachable(Runnable action) {
        live().link().down();
        try {
            action.run();
        } finally {
            live().link().up();
        }
    }

    /**
     * Turns the hub's clock forward. What has become too old is gone from the history when this returns; heartbeats, and ends of streams
     * by age or token, follow within moments.
     */
    public void advance(Duration forward) {
        live().advance(forward);
    }

    /** The hub's clock: the system's, turned as far as {@link #advance} says. */
    public Clock clock() {
        return live().clock();
    }

    private LiveHub live() {
        LiveHub now = live;
        if (now == null) {
            throw new IllegalStateException(
                    "the hub runs from before a test to after it only: register the extension by"
                            + " @RegisterExtension or @ExtendWith, and use it in tests and in methods around them");
        }
        return now;
    }

    // ---- what JUnit calls ----

    @Override
    public void beforeAll(ExtensionContext context) {
        start(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        start(context);
        earlierListeners = live().listenerCount();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        live().endListeners(earlierListeners);
        stop(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        stop(context);
    }

    private void start(ExtensionContext context) {
        if (live == null) {
            live = new LiveHub(settings);
            startedFor = context.getUniqueId();
        }
    }

    private void stop(ExtensionContext context) {
        if (startedFor.equals(context.getUniqueId())) {
            live().close();
            live = null;
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == MillraceExtension.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return this;
    }
}
