package dev.millrace.log;

/** An idempotency key came again with another name or data; nothing was published. */
public class KeyConflictException extends RuntimeException {
    public KeyConflictException() {
        super("this idempotency key was used on this channel for another event: take a new key for each event");
    }
}
