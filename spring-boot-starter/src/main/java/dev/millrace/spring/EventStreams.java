package dev.millrace.spring;

import dev.millrace.http.Accept;
import dev.millrace.http.Answer;
import dev.millrace.http.ListenRequest;
import dev.millrace.http.Problem;
import dev.millrace.http.Retry;
import dev.millrace.hub.Hub;
import dev.millrace.hub.HubFullException;
import dev.millrace.hub.Subscriber;
import dev.millrace.hub.Subscription;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Turns responses of the application into event streams of its hub.
 *
 * <p>A controller need not know it: a handler method that returns a {@link Subscription} opens a stream by it.
 */
public final class EventStreams {
    private static final System.Logger LOGGER = System.getLogger(EventStreams.class.getName());

    private final Hub hub;
    private final StreamLoops loops;
    private final Retry retry;
    private final ApplicationEventPublisher events;
    private final Set<ServletStream> open = ConcurrentHashMap.newKeySet();

    EventStreams(Hub hub, StreamLoops loops, Retry retry, ApplicationEventPublisher events) {
        this.hub = hub;
        this.loops = loops;
        this.retry = retry;
        this.events = events;
    }

    /**
     * Answers a request with a stream. What the request says of its last event id, of envelopes and of heartbeats counts, and the
     * stream is the signed-in user's where the subscription names no user. The request must allow for asynchronous answers.
     *
     * @throws IOException if the response can't be written any more
     */
    public void open(Subscription subscription, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        ServletCall call =
                new ServletCall(request, response, AccessPolicy.everything().callerOf(request), Runnable::run);
        call.handle(() -> {
            ListenRequest given = ListenRequest.of(call, Optional.empty(), call.accept(), false);
            Subscription own =
                    given.subscription().lastEventId().map(subscription::after).orElse(subscription);
            Principal user = request.getUserPrincipal();
            open(
                    call,
                    new ListenRequest(
                            user == null || own.user().isPresent() ? own : own.of(user.getName()),
                            given.isEnveloped(),
                            given.isEventHeartbeat()));
        });
    }

    /** Answers a call with the stream that it asks for. */
    void open(ServletCall call, ListenRequest asked) throws IOException {
        HttpServletResponse response = call.response();
        ListenRequest.HEADERS.forEach(header -> response.setHeader(header.name(), header.value()));
        AsyncContext async = call.request().startAsync(call.request(), response);
        async.setTimeout(0);
        ServletStream stream = new ServletStream(async, call.accept(), loops.next(), asked, this);
        open.add(stream);
        stream.begin();
    }

    /** How many streams are open, or opening. */
    int count() {
        return open.size();
    }

    /** Ends all streams at once. */
    void abort() {
        open.forEach(stream -> stream.loop().execute(stream::abort));
    }

    // ---- for the streams, on their loops ----

    Retry retry() {
        return retry;
    }

    void opening(ServletStream stream) {
        hub.open(stream.asked().subscription(), stream, stream.loop()).whenComplete((subscriber, failure) -> {
            if (failure == null) {
                stream.opened(subscriber);
                tell(new StreamOpened(subscriber));
            } else {
                stream.refuse(refusal(failure, stream.accept()));
            }
        });
    }

    private Answer refusal(Throwable failure, Accept accept) {
        Throwable cause = failure instanceof CompletionException wrapper && wrapper.getCause() != null
                ? wrapper.getCause()
                : failure;
        return cause instanceof HubFullException full
                ? ListenRequest.refusal(503, full.reason(), String.valueOf(full.getMessage()), accept, retry)
                : Problem.of(cause).answer();
    }

    void closed(ServletStream stream, Optional<Subscriber> subscriber) {
        open.remove(stream);
        subscriber.ifPresent(gone -> tell(new StreamClosed(gone)));
    }

    /** Tells the application; what its listeners throw is theirs, and does the stream no harm. */
    private void tell(Object event) {
        try {
            events.publishEvent(event);
        } catch (RuntimeException e) {
            LOGGER.log(Level.ERROR, "a listener of the application has failed on " + event, e);
        }
    }
}
