package dev.millrace.server.http;

/** A connection that its loop looks at now and then. */
interface Watched {
    /** Closes it where it is too slow. */
    void look(long nowMillis);

    /** The server stops: closes it where no answer is on its way. */
    void closeIfIdle();
}
