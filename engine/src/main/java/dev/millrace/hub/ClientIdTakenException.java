package dev.millrace.hub;

/** A stream asked for the client id of another user's live stream. */
public class ClientIdTakenException extends RuntimeException {
    public ClientIdTakenException() {
        super("this clientId belongs to another user's stream: choose another, or leave it out to be given one");
    }
}
