package dev.millrace.server.auth;

import dev.millrace.server.auth.Unauthorized.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Turns tokens into grants (RFC 7519, verified as RFC 8725 advises). Thread-safe; never blocks its caller.
 *
 * <p>A hub has keys of one kind, or none and is then open to all. Close it with the hub.
 */
public final class Authenticator implements AutoCloseable {
    private final Optional<TrustedKeys> keys;
    private final Expected expected;
    private final Clock clock;

    private Authenticator(Optional<TrustedKeys> keys, Expected expected, Clock clock) {
        this.keys = keys;
        this.expected = expected;
        this.clock = clock;
    }

    /** One without keys: it asks for no token, looks at none, and grants everything. */
    public static Authenticator openToAll() {
        return new Authenticator(Optional.empty(), Expected.ANYTHING, Clock.systemUTC());
    }

    /**
     * One that takes HS256 tokens made with a secret.
     *
     * @throws IllegalArgumentException if the secret has less than 32 bytes in UTF-8
     */
    public static Authenticator withSecret(String secret, Expected expected, Clock clock) {
        VerificationKey key = VerificationKey.ofSecret(secret.getBytes(StandardCharsets.UTF_8));
        // Nothing is remembered: this check costs no more than looking it up.
        return withKeys(TrustedKeys.fixed(key::signed), expected, clock);
    }

    /**
     * One that takes tokens signed with the private key to a public one: RSA (RS and PS), EC (ES) or Ed25519.
     *
     * @param pem PEM text with one public key or certificate, or several during a rotation
     * @throws IllegalArgumentException that says what is wrong with it
     */
    public static Authenticator withPublicKey(String pem, Expected expected, Clock clock) {
        List<VerificationKey> keys =
                Pem.publicKeys(pem).stream().map(VerificationKey::ofPublicKey).toList();
        return withKeys(TrustedKeys.fixed(new CheckedTokens(new KeySet(keys))::signed), expected, clock);
    }

    /**
     * One that takes tokens signed by a key of an issuer's key set, which it fetches now and from time to time.
     *
     * @param address the key set's, {@code https}, or {@code http} on loopback
     * @throws IllegalArgumentException if it is any other address
     */
    public static Authenticator withKeySet(URI address, Expected expected, Clock clock) {
        RemoteKeys keys = new RemoteKeys(KeySetRequest.to(address), clock);
        keys.renew();
        return withKeys(keys, expected, clock);
    }

    static Authenticator withKeys(TrustedKeys keys, Expected expected, Clock clock) {
        return new Authenticator(Optional.of(keys), expected, clock);
    }

    /**
     * The grants of a token.
     *
     * @return done at once, but where keys must be fetched first: then a thread of its own completes it. Fails with
     *     {@link Unauthorized} or {@link KeysUnavailable}.
     */
    public CompletableFuture<Grants> authenticate(String token) {
        if (keys.isEmpty()) {
            return CompletableFuture.completedFuture(Grants.everything());
        }
        try {
            SignedToken signed = SignedToken.parse(token);
            return unwrapped(keys.get().signed(signed).thenApply(isSigned -> grants(signed, isSigned)));
        } catch (Unauthorized refusal) {
            return CompletableFuture.failedFuture(refusal);
        }
    }

    // What depends on a future sees its failure wrapped; callers are to see their own exception.
    private static CompletableFuture<Grants> unwrapped(CompletableFuture<Grants> future) {
        return future.exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                failure instanceof CompletionException wrapped ? wrapped.getCause() : failure));
    }

    /**
     * The grants of a caller who shows no token.
     *
     * @throws Unauthorized if nothing is public
     */
    public Grants withoutToken() {
        if (keys.isEmpty()) {
            return Grants.everything();
        }
        if (expected.publicChannels().isEmpty()) {
            throw new Unauthorized(Reason.MISSING);
        }
        return Grants.listening(expected.publicChannels());
    }

    /** Whether it asks for no token at all. */
    public boolean isOpenToAll() {
        return keys.isEmpty();
    }

    @Override
    public void close() {
        keys.ifPresent(TrustedKeys::close);
    }

    private Grants grants(SignedToken token, boolean isSigned) {
        if (!isSigned) {
            throw new Unauthorized(Reason.UNTRUSTED);
        }
        return Claims.parse(token.payload().decode())
                .grants(clock.instant(), expected)
                .alsoListening(expected.publicChannels());
    }
}
