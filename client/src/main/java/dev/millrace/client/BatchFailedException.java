package dev.millrace.client;

import java.io.IOException;
import java.util.OptionalLong;

/** A batch was not published as a whole. */
public final class BatchFailedException extends IOException {

    private static final long serialVersionUID = 1L;

    /** -1 for unknown. */
    private final long accepted;

    BatchFailedException(OptionalLong accepted, IOException cause) {
        super(cause.getMessage(), cause);
        this.accepted = accepted.orElse(-1);
    }

    /** How many events from the first on are published; empty where the connection broke before the hub said so. */
    public OptionalLong accepted() {
        return accepted < 0 ? OptionalLong.empty() : OptionalLong.of(accepted);
    }
}
