package dev.millrace.server.http;

/**
 * How long a connection that is no stream may take, in milliseconds.
 *
 * @param headMillis from its beginning to its first request
 * @param idleMillis from an answer to the next request
 * @param bodyMillis from a request's head to the end of its body; of a streamed one, from a line's beginning to its end
 * @param closingMillis to read the last answer
 */
record Patience(int headMillis, int idleMillis, int bodyMillis, int closingMillis) {
    static final Patience STANDARD = new Patience(15_000, 60_000, 30_000, 2_000);
}
