package dev.millrace.server.auth;

/**
 * A caller who did not show who they are: no token, or one that does not hold. Answered with 401.
 *
 * <p>Its message is safe to send back: it is one of a few fixed sentences and holds nothing of the token.
 */
public final class Unauthorized extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** Why a caller is refused. */
    public enum Reason {
        MISSING("a token is needed: send it as Authorization: Bearer, as ?token= or as the cookie millrace_token"),
        MALFORMED("the token is malformed"),
        UNTRUSTED("the token is not signed by a key that this hub trusts"),
        EXPIRED("the token has expired"),
        NOT_YET_VALID("the token is not valid yet"),
        WRONG_ISSUER("the token's issuer is not the one that this hub expects"),
        WRONG_AUDIENCE("the token is meant for another audience");

        private final String sentence;

        Reason(String sentence) {
            this.sentence = sentence;
        }
    }

    private final Reason reason;

    public Unauthorized(Reason reason) {
        super(reason.sentence, null, false, false);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
