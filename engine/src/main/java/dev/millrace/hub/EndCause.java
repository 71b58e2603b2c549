package dev.millrace.hub;

/** Why a stream has ended. */
public enum EndCause {
    /** The peer went away. */
    CLIENT,
    /** It had reached its greatest age. */
    AGE,
    /** The hub stops. */
    DRAINING,
    /** There was no room for it. */
    FULL,
    /** An admin has ended it. */
    KICKED,
    /** Its client came back on another connection. */
    REPLACED,
    /** Its token has expired. */
    EXPIRED,
    /** The peer took no byte for the write timeout. */
    TIMEOUT,
    /** The peer read so slowly that not even the hub's own words found room. */
    OVERFLOW,
    /** Its sink has failed. */
    FAILED;

    static EndCause of(Notice lastWord) {
        if (!(lastWord instanceof Notice.Closing closing)) {
            return EXPIRED;
        }
        return switch (closing.reason()) {
            case AGE -> AGE;
            case DRAINING -> DRAINING;
            case FULL -> FULL;
            case KICKED -> KICKED;
            case REPLACED -> REPLACED;
        };
    }
}
