package dev.millrace.sqlite;

/** A data directory can't be used; the message says in one sentence why, and what to change. */
public class DataDirectoryException extends RuntimeException {
    public DataDirectoryException(String message) {
        super(message);
    }

    public DataDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
