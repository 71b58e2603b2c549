package dev.millrace.hub;

/** The hub takes no more streams at present. */
public class HubFullException extends RuntimeException {
    private final Notice.Reason reason;

    public HubFullException(Notice.Reason reason) {
        super(
                reason == Notice.Reason.DRAINING
                        ? "the hub is stopping: come back later"
                        : "the hub is full: come back later");
        this.reason = reason;
    }

    /** FULL or DRAINING. */
    public Notice.Reason reason() {
        return reason;
    }
}
