package dev.millrace.server.auth;

/** The hub has no keys to check a token with, because its key set could not be fetched yet. Answered with 503. */
public final class KeysUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    KeysUnavailable() {
        super("tokens cannot be checked just now: the key set could not be fetched", null, false, false);
    }
}
