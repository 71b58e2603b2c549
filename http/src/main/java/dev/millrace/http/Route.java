package dev.millrace.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be done at an address: an action for each method. */
public final class Route<C> {
    private final Map<String, Action<C>> actions = new LinkedHashMap<>();

    /** What is looked at: GET, and HEAD. */
    public static <C> Route<C> get(Action.Access access, Action.Handler<C> handler) {
        return new Route<C>().and("GET", new Action<>(access, Action.Body.NONE, handler));
    }

    Route<C> and(String method, Action<C> action) {
        actions.put(method, action);
        return this;
    }

    /** The action for a method; HEAD is answered as GET. */
    public Optional<Action<C>> action(String method) {
        return Optional.ofNullable(actions.get(method.equals("HEAD") ? "GET" : method));
    }

    /** The methods, as the header {@code Allow}. */
    public Header allow() {
        return new Header("Allow", allowed());
    }

    /** The methods, in a list. */
    public String allowed() {
        String methods = actions.keySet().stream().collect(Collectors.joining(", "));
        return methods + (actions.containsKey("GET") ? ", HEAD" : "") + ", OPTIONS";
    }
}
