package dev.millrace.server.auth;

/** What the page that a request comes from is to the hub, and so what it may do besides what its grants say. */
public enum Standing {
    /** A page of the hub's own origin. */
    OWN,
    /** A page of an origin that the hub's settings list. */
    LISTED,
    /** A page of some origin, where the settings allow any. */
    ANYONE,
    /** A page of an origin that is not allowed, or that hides where it is from. */
    FOREIGN,
    /** No page that is known: a program, or an older browser's request within one origin. */
    NO_PAGE;

    /**
     * Whether the request may change something.
     *
     * @param byCookie whether its token came in a cookie, which browsers add to what any page sends
     */
    public boolean mayChange(boolean byCookie) {
        return switch (this) {
            case OWN, LISTED -> true;
            case ANYONE, NO_PAGE -> !byCookie;
            case FOREIGN -> false;
        };
    }

    /** Whether the request may read, events and pages alike; the browser keeps what it reads from a page that is not allowed. */
    public boolean mayRead(boolean byCookie) {
        return switch (this) {
            case OWN, LISTED, NO_PAGE -> true;
            case ANYONE, FOREIGN -> !byCookie;
        };
    }

    /** Whether the answer is for the page to read, with cookies where it is {@link #LISTED}. */
    public boolean isShared() {
        return this == LISTED || this == ANYONE;
    }
}
