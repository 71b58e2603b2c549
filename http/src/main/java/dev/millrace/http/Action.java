package dev.millrace.http;

/**
 * What a route does for one method.
 *
 * @param access who may ask for it
 * @param body what it wants to be sent
 * @param <C> the calls that it can handle
 */
public record Action<C>(Access access, Body body, Handler<C> handler) {
    /** Who may. */
    public enum Access {
        /** Everybody, whoever that is. */
        OPEN,
        /** Every caller that is let in; the handler looks at what it may do. */
        CALLER,
        /** A caller to whom everything is granted. */
        ADMIN
    }

    /** What is to be sent along. */
    public enum Body {
        /** Nothing; what comes is thrown away. */
        NONE,
        /** Text of any type: the data of an event. */
        TEXT,
        /** A JSON object. */
        JSON,
        /** Lines of JSON objects, taken as they come. */
        LINES
    }

    /** What is done. With a body of lines it is called before the body has come, otherwise after. */
    @FunctionalInterface
    public interface Handler<C> {
        /** Answers the call, now or later. */
        void handle(C call);
    }
}
