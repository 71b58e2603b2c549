package dev.millrace.server.http;

import dev.millrace.http.Action;
import dev.millrace.http.Action.Access;
import dev.millrace.http.Action.Body;
import dev.millrace.http.Answer;
import dev.millrace.http.Problem;
import dev.millrace.http.Route;
import dev.millrace.http.Router;
import io.netty.handler.codec.http.HttpMethod;

/**
 * What a request is to do.
 *
 * @param parameter the part of the path that names what it is about, still percent-encoded
 */
record Target(Action<Exchange> action, String parameter) {
    /** What a method does at a path; refuses what is not there. */
    static Target of(HttpMethod method, String path, Router<Exchange> router) {
        boolean isAsking = method.equals(HttpMethod.OPTIONS);
        if (isAsking && path.equals("*")) {
            return new Target(open(exchange -> exchange.answer(Answer.empty(204))), "");
        }
        Router.Match<Exchange> match =
                router.find(path).orElseThrow(() -> Problem.notFound("there is nothing at this address"));
        Route<Exchange> route = match.route();
        Action<Exchange> action = isAsking
                ? open(exchange -> exchange.answerOptions(route))
                : route.action(method.name())
                        .orElseThrow(() -> Problem.of(405, "this address takes " + route.allowed(), route.allow())
                                .exception());
        return new Target(action, match.parameter());
    }

    private static Action<Exchange> open(Action.Handler<Exchange> handler) {
        return new Action<>(Access.OPEN, Body.NONE, handler);
    }
}
