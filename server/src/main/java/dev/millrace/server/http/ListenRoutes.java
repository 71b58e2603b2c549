package dev.millrace.server.http;

import dev.millrace.http.Accept;
import dev.millrace.http.Answer;
import dev.millrace.http.ListenRequest;
import dev.millrace.http.Retry;
import dev.millrace.hub.Hub;
import dev.millrace.hub.HubFullException;
import dev.millrace.hub.Notice;
import dev.millrace.hub.Subscriber;
import dev.millrace.hub.Subscription;
import dev.millrace.log.LogUnavailableException;
import dev.millrace.server.auth.ClientAddress;
import dev.millrace.server.auth.StreamsPerAddress;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** Listening: {@code GET /events} and {@code GET /events/{channel}}, which become streams. */
final class ListenRoutes {
    private final Hub hub;
    private final Retry retry;
    private final Optional<StreamsPerAddress> perAddress;
    private final boolean hasSystemMetrics;

    ListenRoutes(Hub hub, Retry retry, Optional<StreamsPerAddress> perAddress, boolean hasSystemMetrics) {
        this.hub = hub;
        this.retry = retry;
        this.perAddress = perAddress;
        this.hasSystemMetrics = hasSystemMetrics;
    }

    void listen(Exchange exchange) {
        Request request = exchange.request();
        Accept accept = Accept.of(request.headers().getAll(HttpHeaderNames.ACCEPT));
        Optional<String> inPath =
                request.rawPath().equals("/events") ? Optional.empty() : Optional.of(exchange.parameter());
        ListenRequest asked = ListenRequest.of(exchange, inPath, accept, hasSystemMetrics);
        if (request.isHead()) {
            exchange.answer(new Answer(200, "", new byte[0], ListenRequest.HEADERS));
            return;
        }
        Framing framing = exchange.framing();
        SseStream stream = new SseStream(
                exchange.channel(),
                exchange.loop().form(framing, asked.isEnveloped()),
                retry,
                exchange.connections(),
                asked.isEventHeartbeat(),
                opened -> exchange.become(opened, ListenRequest.HEADERS));
        open(exchange, asked.subscription(), accept, stream);
    }

    private void open(Exchange exchange, Subscription subscription, Accept accept, SseStream stream) {
        Optional<Place> place = place(exchange);
        if (place.isEmpty()) {
            String detail = "too many streams from one address: close some, or come back later";
            exchange.answer(ListenRequest.refusal(429, Notice.Reason.FULL, detail, accept, retry));
            return;
        }
        hub.open(subscription, stream, exchange.loop()).whenComplete((subscriber, failure) -> {
            if (failure == null) {
                opened(exchange, stream, subscriber, place.get());
            } else {
                place.get().release();
                refuse(
                        exchange,
                        accept,
                        failure instanceof CompletionException e && e.getCause() != null ? e.getCause() : failure);
            }
        });
    }

    private Optional<Place> place(Exchange exchange) {
        if (perAddress.isEmpty()) {
            return Optional.of(Place.UNCOUNTED);
        }
        ClientAddress address = exchange.gate().address(exchange.request());
        return perAddress.get().tryAcquire(address)
                ? Optional.of(new Place(() -> perAddress.get().release(address)))
                : Optional.empty();
    }

    private static void opened(Exchange exchange, SseStream stream, Subscriber subscriber, Place place) {
        place.releaseAtEndOf(exchange.channel());
        stream.opened(subscriber);
    }

    private void refuse(Exchange exchange, Accept accept, Throwable failure) {
        if (failure instanceof HubFullException full) {
            String detail = String.valueOf(full.getMessage());
            exchange.answer(ListenRequest.refusal(503, full.reason(), detail, accept, retry));
        } else if (failure instanceof LogUnavailableException unavailable) {
            String detail = String.valueOf(unavailable.getMessage());
            exchange.answer(ListenRequest.refusal(503, Notice.Reason.DRAINING, detail, accept, retry));
        } else {
            exchange.fail(failure);
        }
    }
}
