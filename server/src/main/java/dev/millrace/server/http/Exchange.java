package dev.millrace.server.http;

import dev.millrace.http.Action;
import dev.millrace.http.Action.Body;
import dev.millrace.http.Answer;
import dev.millrace.http.Header;
import dev.millrace.http.HttpCall;
import dev.millrace.http.Percent;
import dev.millrace.http.Problem;
import dev.millrace.http.PublishRoutes;
import dev.millrace.http.Query;
import dev.millrace.http.Route;
import dev.millrace.hub.Hub;
import dev.millrace.server.auth.Grants;
import dev.millrace.server.auth.Unauthorized;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to its answer. Lives on its connection's loop.
 *
 * <pre>
 *   checking ──admitted──► receiving ──body is whole──► handling ──► answered
 *      │                       └──too much, too slow, malformed──► answered, and the connection closed
 *      └──refused, and answered──► discarding a small body ──► answered
 * </pre>
 */
final class Exchange implements HttpCall {
    private enum State {
        CHECKING,
        RECEIVING,
        DISCARDING,
        HANDLING,
        ANSWERED
    }

    private final HttpConnection connection;
    private final HttpRequest head;
    private final InetAddress peer;
    private final Optional<AccessLog.Visit> visit;
    private State state = State.CHECKING;
    private boolean isWhole;
    private boolean isPaused;
    private @Nullable Request request;
    private @Nullable Target target;
    private @Nullable Grants grants;
    private @Nullable RequestBody body;
    private @Nullable BodySink sink;

    Exchange(HttpConnection connection, HttpRequest head, InetAddress peer) {
        this.connection = connection;
        this.head = head;
        this.peer = peer;
        this.visit = connection.accessLog().map(log -> log.visit(head.method().name(), peer));
    }

    // ---- from the head to the handler ----

    /** Checks the head, and finds out who asks. */
    void begin() {
        try {
            Request checked = Request.of(head, peer);
            request = checked;
            visit.ifPresent(known -> known.asks(checked, connection.gate().address(checked)));
            target = Target.of(checked.method(), checked.rawPath(), connection.router());
            CompletableFuture<Grants> admitted =
                    connection.gate().admit(checked, target.action().access());
            if (admitted.isDone()) {
                admitted(admitted.join());
            } else {
                admitted.whenComplete((granted, failure) -> connection.loop().execute(() -> {
                    if (failure == null) {
                        admitted(granted);
                    } else {
                        refuse(failure);
                    }
                    connection.proceed();
                }));
            }
        } catch (Throwable e) {
            refuse(e);
        }
    }

    /** Tells what can be done at this address, and to which pages. */
    void answerOptions(Route<Exchange> route) {
        Answer answer = Answer.empty(204, route.allow());
        boolean isPreflight = head.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD)
                && connection.gate().standing(head.headers(), peer).isShared();
        answer(isPreflight ? answer.with(Cors.preflight()) : answer);
    }

    private void admitted(Grants granted) {
        grants = granted;
        visit.ifPresent(known -> known.isOf(granted.subject()));
        try {
            body = RequestBody.announced(request(), action().body(), connection.maxEventBytes());
        } catch (Throwable e) {
            refuse(e);
            return;
        }
        state = State.RECEIVING;
        if (HttpUtil.is100ContinueExpected(head)) {
            connection.askForBody();
        }
        if (action().body() == Body.LINES) {
            handle();
        }
    }

    /** Answers with the problem, at once; a small body is still thrown away, so that the connection can be kept. */
    private void refuse(Throwable failure) {
        Problem problem = Problems.of(failure);
        long length = request == null ? -1 : request.contentLength();
        boolean isSmall = length >= 0 && length <= RequestBody.MAX_DISCARDED;
        boolean mayGoOn = HttpUtil.isKeepAlive(head) && !head.headers().contains(HttpHeaderNames.EXPECT);
        if (isSmall && mayGoOn && request != null && !request.isHttp10() && !isOurs(problem.status())) {
            state = State.DISCARDING;
            connection.answerAhead(complete(problem.answer()), isHead());
        } else {
            answer(problem.answer());
        }
    }

    // ---- the body ----

    /** Whether the next part has to wait. */
    boolean isBusy() {
        return state == State.CHECKING || isPaused || (state == State.HANDLING && sink == null);
    }

    /** A part of the body; the last one may be empty. */
    void part(ByteBuf bytes, boolean isLast) {
        isWhole = isLast;
        if (state == State.DISCARDING && isLast) {
            state = State.ANSWERED;
            connection.finished(isKeptAlive());
        } else if (state == State.RECEIVING && body != null) {
            collect(bytes, isLast, body);
        } else if (state == State.HANDLING && sink != null) {
            pass(bytes, isLast, sink);
        }
    }

    private void collect(ByteBuf bytes, boolean isLast, RequestBody into) {
        try {
            into.add(bytes, isLast, connection.channel().alloc());
        } catch (Throwable e) {
            answer(Problems.of(e).answer());
            return;
        }
        if (isLast) {
            handle();
        }
    }

    private void pass(ByteBuf bytes, boolean isLast, BodySink to) {
        try {
            to.part(bytes);
            if (isLast && state == State.HANDLING) {
                to.end();
            }
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void handle() {
        state = State.HANDLING;
        connection.expectNothing();
        try {
            action().handler().handle(this);
        } catch (Throwable e) {
            fail(e);
        } finally {
            releaseBody();
        }
    }

    private void releaseBody() {
        if (body != null) {
            body.release();
        }
    }

    /** The peer is gone, or sends what is no HTTP, which is answered with this status. */
    void abandoned(int status) {
        if (state != State.ANSWERED && state != State.DISCARDING) {
            visit.ifPresent(known -> known.ended(status, 0));
        }
        state = State.ANSWERED;
        releaseBody();
        if (sink != null) {
            sink.abandoned();
        }
    }

    // ---- what handlers do ----

    Request request() {
        if (request == null) {
            throw new IllegalStateException("not checked yet");
        }
        return request;
    }

    private Target target() {
        if (target == null) {
            throw new IllegalStateException("not checked yet");
        }
        return target;
    }

    private Action<Exchange> action() {
        return target().action();
    }

    @Override
    public String parameter() {
        return Percent.decodePath(target().parameter());
    }

    @Override
    public Query query() {
        return request().query();
    }

    @Override
    public Grants caller() {
        if (grants == null) {
            throw new IllegalStateException("not admitted yet");
        }
        return grants;
    }

    @Override
    public void requireRate() {
        connection.gate().requireRate(request());
    }

    @Override
    public Executor executor() {
        return connection.loop();
    }

    Gate gate() {
        return connection.gate();
    }

    Connections connections() {
        return connection.open();
    }

    ServerLoop loop() {
        return connection.loop();
    }

    Framing framing() {
        return connection.framing(request().isHttp10());
    }

    Channel channel() {
        return connection.channel();
    }

    @Override
    public String bodyText() {
        return body == null ? "" : body.text();
    }

    /** {@code POST /events}: publishes the body's lines as they come. */
    void receiveLines(Hub hub) {
        if (header(PublishRoutes.IDEMPOTENCY_KEY).isPresent()) {
            throw Problem.badRequest(PublishRoutes.IDEMPOTENCY_KEY + " is for a request with one event");
        }
        sink = new PublishedLines(hub, this);
    }

    /** Takes no more parts for now. */
    void pause() {
        isPaused = true;
    }

    /** Takes parts again. */
    void resume() {
        isPaused = false;
        connection.proceed();
    }

    /** Whether the peer must go on sending soon, having begun something. */
    void hurry(boolean isBegun) {
        if (isBegun) {
            connection.expectBody();
        } else {
            connection.expectNothing();
        }
    }

    @Override
    public <T> void answerWhen(CompletionStage<T> stage, Function<? super T, Answer> toAnswer) {
        when(stage, value -> answer(toAnswer.apply(value)));
    }

    /** Goes on, on the loop, when the stage completes; answers with the problem where it fails. */
    <T> void when(CompletionStage<T> stage, Consumer<? super T> next) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone()) {
            settle(future, next);
        } else {
            future.whenComplete((value, failure) -> connection.loop().execute(() -> settle(future, next)));
        }
    }

    private <T> void settle(CompletableFuture<T> done, Consumer<? super T> next) {
        if (state == State.ANSWERED) {
            return;
        }
        try {
            next.accept(done.join());
        } catch (Throwable e) {
            fail(e);
        }
    }

    void fail(Throwable failure) {
        Problem problem = Problems.of(failure);
        boolean isNobody = problem.status() == 403 && connection.gate().isWithoutToken(request());
        answer((isNobody ? Problems.of(new Unauthorized(Unauthorized.Reason.MISSING)) : problem).answer());
    }

    @Override
    public void answer(Answer answer) {
        if (state == State.ANSWERED) {
            return;
        }
        state = State.ANSWERED;
        releaseBody();
        connection.answered(complete(answer), isHead(), isKeptAlive() && !isOurs(answer.status()));
    }

    /** Whether the hub itself has failed, so that nobody knows what of the request is undone. */
    private static boolean isOurs(int status) {
        return status == 500;
    }

    private boolean isKeptAlive() {
        return isWhole && HttpUtil.isKeepAlive(head) && request != null && !request.isHttp10();
    }

    private boolean isHead() {
        return head.method().equals(HttpMethod.HEAD);
    }

    private Answer complete(Answer answer) {
        visit.ifPresent(known -> known.ended(answer.status(), isHead() ? 0 : answer.body().length));
        return answer.with(connection.gate().cors(head.headers(), peer));
    }

    /** Gives the connection to the stream, and begins the answer with these headers. */
    void become(SseStream stream, List<Header> headers) {
        if (state != State.ANSWERED) {
            visit.ifPresent(known -> channel().closeFuture().addListener(closed -> known.ended(200, stream.written())));
        }
        state = State.ANSWERED;
        List<Header> all = new ArrayList<>(headers);
        all.addAll(connection.gate().cors(head.headers(), peer));
        connection.become(stream, all);
    }

    @Override
    public Optional<String> header(CharSequence name) {
        return request().header(name);
    }
}
