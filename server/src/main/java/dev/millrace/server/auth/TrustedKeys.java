package dev.millrace.server.auth;

import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** The keys that a hub trusts now; they may change while it runs. */
interface TrustedKeys extends AutoCloseable {
    /**
     * Whether one of them signed a token: known at once, but where keys must be fetched for it.
     *
     * @return fails with {@link KeysUnavailable} where there are none yet
     */
    CompletableFuture<Boolean> signed(SignedToken token);

    @Override
    default void close() {}

    /** Keys that stay the same. */
    static TrustedKeys fixed(Predicate<SignedToken> signed) {
        return token -> CompletableFuture.completedFuture(signed.test(token));
    }
}
