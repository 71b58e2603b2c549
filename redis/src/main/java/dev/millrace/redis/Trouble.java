package dev.millrace.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What Redis, or the way to it, has failed with: in words, and whether another connection may help. */
final class Trouble {
    private final Throwable cause;

    private Trouble(Throwable cause) {
        this.cause = cause;
    }

    static Trouble of(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return new Trouble(cause);
    }

    /** Whether Redis has answered, and refused: then nothing was done. */
    boolean isRefusal() {
        return cause instanceof RedisCommandExecutionException;
    }

    /** Whether the connection was closed already, so that nothing was sent. */
    boolean isUnsent() {
        String message = message();
        return message.equals("Connection is closed") || message.startsWith("Currently not connected");
    }

    /** Whether the server is not the one to speak with, or not yet. */
    boolean isWrongServer() {
        return isRefusal() && (says("READONLY") || says("LOADING") || says("MASTERDOWN") || says("NOAUTH"));
    }

    private boolean says(String word) {
        return message().contains(word);
    }

    private String message() {
        @Nullable String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    /** In one line, with what to do where that is known. */
    String text() {
        if (isRefusal()) {
            return firstLine(message()) + advice();
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String reason = firstLine(String.valueOf(root.getMessage()));
        return root.equals(cause) ? firstLine(message()) + advice() : "no connection: " + reason + advice();
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("").strip();
    }

    private String advice() {
        String all = message() + " "
                + (cause.getCause() == null ? "" : cause.getCause().getMessage());
        if (all.contains("OOM ")) {
            return " (raise maxmemory, or keep less history)";
        }
        if (all.contains("READONLY")) {
            return " (this is a replica: give the address of the primary, or of Sentinel)";
        }
        if (all.contains("NOAUTH") || all.contains("WRONGPASS")) {
            return " (put user and password into the Redis address)";
        }
        if (all.contains("NOPERM")) {
            return " (the Redis user needs the commands, keys and channels that docs/scale.md lists)";
        }
        if (all.contains("MISCONF")) {
            return " (Redis can't save to its disk, and takes no writes)";
        }
        return "";
    }
}
