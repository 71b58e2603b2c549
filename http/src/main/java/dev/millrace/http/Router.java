package dev.millrace.http;

import dev.millrace.http.Action.Access;
import dev.millrace.http.Action.Body;
import dev.millrace.http.Action.Handler;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The only list of routes. Paths are compared as they were sent, so that an encoded slash is part of a name.
 *
 * @param <C> the calls of the transport
 */
public final class Router<C extends HttpCall> {
    /**
     * A route, and the part of the path that names what it is about.
     *
     * @param parameter still percent-encoded
     */
    public record Match<C>(Route<C> route, String parameter) {}

    private final Map<String, Route<C>> pages = new LinkedHashMap<>();
    private final Map<String, Route<C>> folders = new LinkedHashMap<>();
    private final Route<C> channel;
    private final Route<C> subscribers;
    private final Route<C> history;
    private final Route<C> client;
    private final Route<C> clientEvents;
    private final Route<C> clientToken;
    private final Route<C> clientExplain;

    /**
     * The routes of the hub.
     *
     * @param listen opens a stream
     * @param lines publishes a body of lines
     */
    public Router(
            Handler<C> listen,
            Handler<C> lines,
            PublishRoutes publish,
            SteeringRoutes steer,
            LookingRoutes look,
            ClientRoutes clients) {
        pages.put(
                "/events",
                Route.get(Access.CALLER, listen).and("POST", new Action<>(Access.CALLER, Body.LINES, lines)));
        pages.put("/notify", post(Body.JSON, publish::notifyChannel));
        pages.put("/broadcast", post(Body.JSON, publish::broadcast));
        pages.put("/subscribe", post(Body.JSON, steer::subscribe));
        pages.put("/unsubscribe", post(Body.JSON, steer::unsubscribe));
        pages.put(
                "/clients",
                Router.<C>delete(steer::endUser).and("GET", new Action<>(Access.ADMIN, Body.NONE, clients::clients)));
        pages.put("/stats", Route.get(Access.ADMIN, look::stats));
        pages.put("/channels", Route.get(Access.ADMIN, look::channels));
        folders.put(
                "/events/",
                Route.get(Access.CALLER, listen).and("POST", new Action<>(Access.CALLER, Body.TEXT, publish::event)));
        channel = Route.get(Access.ADMIN, look::channel);
        subscribers = Route.get(Access.ADMIN, look::subscribers);
        history = Route.get(Access.ADMIN, look::history);
        client = delete(steer::endClient);
        clientEvents = post(Body.TEXT, steer::send);
        clientToken = post(Body.NONE, steer::renew);
        clientExplain = Route.get(Access.ADMIN, clients::explain);
    }

    /** The same with an address of the transport's own; one that ends in a slash stands for all that begin so. */
    public Router<C> with(String path, Route<C> route) {
        (path.endsWith("/") && path.length() > 1 ? folders : pages).put(path, route);
        return this;
    }

    /** All addresses, with a name in braces for what varies, and the methods that each takes. */
    public Map<String, String> addresses() {
        Map<String, Route<C>> all = new TreeMap<>(pages);
        folders.forEach(
                (folder, route) -> all.put(folder + (folder.equals("/events/") ? "{channel}" : "{file}"), route));
        all.put("/channels/{channel}", channel);
        all.put("/channels/{channel}/subscribers", subscribers);
        all.put("/channels/{channel}/history", history);
        all.put("/clients/{clientId}", client);
        all.put("/clients/{clientId}/events", clientEvents);
        all.put("/clients/{clientId}/token", clientToken);
        all.put("/clients/{clientId}/explain", clientExplain);
        Map<String, String> methods = new TreeMap<>();
        all.forEach((address, route) -> methods.put(address, route.allowed()));
        return methods;
    }

    /** The route of a path; empty where there is none. */
    public Optional<Match<C>> find(String path) {
        Route<C> page = pages.get(path);
        if (page != null) {
            return match(page, "");
        } else if (path.startsWith("/channels/")) {
            return findForChannel(path.substring("/channels/".length()));
        } else if (path.startsWith("/clients/")) {
            return findForClient(path.substring("/clients/".length()));
        }
        return folders.entrySet().stream()
                .filter(folder -> path.startsWith(folder.getKey()))
                .findFirst()
                .flatMap(folder ->
                        match(folder.getValue(), path.substring(folder.getKey().length())));
    }

    private Optional<Match<C>> findForChannel(String rest) {
        if (rest.endsWith("/subscribers")) {
            return match(subscribers, rest.substring(0, rest.length() - "/subscribers".length()));
        } else if (rest.endsWith("/history")) {
            return match(history, rest.substring(0, rest.length() - "/history".length()));
        }
        return match(channel, rest);
    }

    private Optional<Match<C>> findForClient(String rest) {
        int slash = rest.indexOf('/');
        String id = slash < 0 ? rest : rest.substring(0, slash);
        return switch (slash < 0 ? "" : rest.substring(slash)) {
            case "" -> match(client, id);
            case "/events" -> match(clientEvents, id);
            case "/token" -> match(clientToken, id);
            case "/explain" -> match(clientExplain, id);
            default -> Optional.empty();
        };
    }

    private static <C> Optional<Match<C>> match(Route<C> route, String parameter) {
        return Optional.of(new Match<>(route, parameter));
    }

    private static <C> Route<C> post(Body body, Handler<C> handler) {
        return new Route<C>().and("POST", new Action<>(Access.CALLER, body, handler));
    }

    private static <C> Route<C> delete(Handler<C> handler) {
        return new Route<C>().and("DELETE", new Action<>(Access.ADMIN, Body.NONE, handler));
    }
}
