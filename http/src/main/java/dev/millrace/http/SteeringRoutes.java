package dev.millrace.http;

import dev.millrace.hub.Hub;
import dev.millrace.hub.Order;
import dev.millrace.hub.Order.Deed;
import dev.millrace.hub.Order.Mandate;
import dev.millrace.hub.Outcome;
import dev.millrace.log.ChannelSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Steering live streams, on whichever node: other channels, an event for one of them, a fresh token, the end. */
public final class SteeringRoutes {
    private final Hub hub;
    private final boolean hasSystemMetrics;

    public SteeringRoutes(Hub hub, boolean hasSystemMetrics) {
        this.hub = hub;
        this.hasSystemMetrics = hasSystemMetrics;
    }

    /** {@code POST /subscribe}. */
    public void subscribe(HttpCall call) {
        Map<String, Json.Value> members = Json.object(call.bodyText());
        String entry = channel(members);
        boolean isGranted = call.caller().maySubscribe(entry);
        Deed deed = isGranted ? new Deed.Subscribe(entry) : new Deed.Look(); // whose the stream is comes first
        call.answerWhen(hub.order(own(call, clientId(members), deed)), outcome -> {
            ChannelSet channels = done(outcome);
            if (!isGranted) {
                throw Problem.forbidden("the token does not grant to listen to " + entry);
            }
            return answer(channels);
        });
    }

    /** {@code POST /unsubscribe}. */
    public void unsubscribe(HttpCall call) {
        Map<String, Json.Value> members = Json.object(call.bodyText());
        Deed deed = new Deed.Unsubscribe(channel(members));
        call.answerWhen(hub.order(own(call, clientId(members), deed)), outcome -> answer(done(outcome)));
    }

    /** {@code POST /clients/{clientId}/events}: who may publish to everyone may, and the stream's own user. */
    public void send(HttpCall call) {
        Deed deed = new Deed.Send(call.query().one("event").orElse(""), call.bodyText());
        Mandate mandate = call.caller().mayBroadcast() ? Mandate.forAll() : mandate(call.caller());
        call.answerWhen(hub.order(new Order(call.parameter(), mandate, deed)), outcome -> success(done(outcome)));
    }

    /** {@code POST /clients/{clientId}/token}: the stream goes on with the grants of this request. */
    public void renew(HttpCall call) {
        Caller caller = call.caller();
        String clientId = call.parameter();
        call.answerWhen(
                hub.order(own(call, clientId, new Deed.Look()))
                        .thenCompose(outcome -> renew(clientId, caller, outcome)),
                outcome -> answer(done(outcome)));
    }

    /** Renews a stream that was looked at, until it listens to nothing that is not granted. */
    private CompletionStage<Outcome> renew(String clientId, Caller caller, Outcome looked) {
        if (!(looked instanceof Outcome.Done seen)) {
            return CompletableFuture.completedFuture(looked);
        }
        Deed deed = new Deed.Renew(caller.expiry(), notGranted(seen.channels(), caller));
        return hub.order(new Order(clientId, mandate(caller), deed))
                .thenCompose(outcome -> outcome instanceof Outcome.Done now
                                && !notGranted(now.channels(), caller).isEmpty() // it was steered meanwhile
                        ? renew(clientId, caller, outcome)
                        : CompletableFuture.completedFuture(outcome));
    }

    private static Set<String> notGranted(ChannelSet channels, Caller caller) {
        return channels.entries().stream()
                .filter(entry -> !caller.maySubscribe(entry))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** {@code DELETE /clients/{clientId}}. */
    public void endClient(HttpCall call) {
        Order order = new Order(call.parameter(), Mandate.forAll(), new Deed.Kick());
        call.answerWhen(hub.order(order), outcome -> success(done(outcome)));
    }

    /** {@code DELETE /clients?user=}. */
    public void endUser(HttpCall call) {
        String user = call.query()
                .one("user")
                .orElseThrow(() -> Problem.badRequest("user is missing: name the user whose streams are to end"));
        call.answer(Answer.json("{\"success\":true,\"ended\":" + hub.kick(user) + "}"));
    }

    private String channel(Map<String, Json.Value> members) {
        String entry = Json.text(members, "channel")
                .orElseThrow(() -> Problem.badRequest("channel is missing: name a channel or pattern"));
        return Names.listened(entry, hasSystemMetrics);
    }

    private static String clientId(Map<String, Json.Value> members) {
        return Json.text(members, "clientId")
                .orElseThrow(() -> Problem.badRequest("clientId is missing: the stream's connected event told it"));
    }

    /** An order to a stream of the caller's own. */
    private static Order own(HttpCall call, String clientId, Deed deed) {
        return new Order(clientId, mandate(call.caller()), deed);
    }

    private static Mandate mandate(Caller caller) {
        return caller.admin() ? Mandate.forAll() : Mandate.of(caller.subject());
    }

    /** What the stream listens to, where the order was carried out. */
    private static ChannelSet done(Outcome outcome) {
        if (outcome instanceof Outcome.Done done) {
            return done.channels();
        } else if (outcome instanceof Outcome.Foreign) {
            throw Problem.forbidden("this stream belongs to another user");
        } else if (outcome instanceof Outcome.Refused refused) {
            throw Problem.badRequest(refused.why());
        } else if (outcome instanceof Outcome.Busy) {
            throw Problem.of(
                            503,
                            "this client has too much waiting already: send again later",
                            new Header("Retry-After", "1"))
                    .exception();
        }
        throw Problem.notFound("no stream with this clientId is open");
    }

    private static Answer success(ChannelSet unused) {
        return Answer.json("{\"success\":true}");
    }

    private static Answer answer(ChannelSet channels) {
        return Answer.json("{\"success\":true,\"channels\":"
                + channels.entries().stream().map(Json::quote).collect(Collectors.joining(",", "[", "]")) + "}");
    }
}
