package dev.millrace.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key that tokens are verified with, and the algorithms that it is for.
 *
 * <p>The key decides which algorithms count, never the token: so a public key is never taken for a secret. Thread-safe.
 */
final class VerificationKey {
    /** The fewest bytes of a secret for HS256 (RFC 7518, section 3.2). */
    static final int MIN_SECRET_BYTES = 32;

    private static final Set<JWSAlgorithm> RSA = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512);
    private static final Set<JWSAlgorithm> ED25519 = Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);

    private final Optional<String> id;
    private final Set<JWSAlgorithm> algorithms;
    private final Key key;
    private final JWSVerifier verifier;

    VerificationKey(Optional<String> id, Set<JWSAlgorithm> algorithms, Key key, JWSVerifier verifier) {
        this.id = id;
        this.algorithms = algorithms;
        this.key = key;
        this.verifier = verifier;
    }

    /** The key of HS256. */
    static VerificationKey ofSecret(byte[] secret) {
        requireLong(secret);
        try {
            SecretKey key = new SecretKeySpec(secret, "HmacSHA256");
            return new VerificationKey(Optional.empty(), Set.of(JWSAlgorithm.HS256), key, new MACVerifier(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("HS256 takes any secret of this length", e);
        }
    }

    static void requireLong(byte[] secret) {
        if (secret.length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("the secret must have at least " + MIN_SECRET_BYTES + " bytes, but has "
                    + secret.length + "; make one with: openssl rand -base64 48");
        }
    }

    /**
     * A public key for all algorithms of its type.
     *
     * @throws IllegalArgumentException if tokens cannot be verified with it, or not safely
     */
    static VerificationKey ofPublicKey(PublicKey key) {
        return ofPublicKey(key, Optional.empty(), Optional.empty());
    }

    /**
     * A public key as a key set describes it.
     *
     * @param algorithm the only algorithm that it is for; empty for all of its type
     * @throws IllegalArgumentException if tokens cannot be verified with it, or not safely
     */
    static VerificationKey ofPublicKey(PublicKey key, Optional<String> id, Optional<String> algorithm) {
        try {
            if (key instanceof RSAPublicKey rsa) {
                RsaChecks.requireSound(rsa);
                return new VerificationKey(id, narrowed(RSA, algorithm), key, new RSASSAVerifier(rsa));
            }
            if (key instanceof ECPublicKey ec) {
                ECDSAVerifier verifier = new ECDSAVerifier(ec);
                if (Curve.SECP256K1.equals(Curve.forECParameterSpec(ec.getParams()))) {
                    throw new IllegalArgumentException("the curve secp256k1 is not supported; use P-256");
                }
                return new VerificationKey(id, narrowed(verifier.supportedJWSAlgorithms(), algorithm), key, verifier);
            }
            if (key instanceof EdECPublicKey edwards) {
                return new VerificationKey(id, narrowed(ED25519, algorithm), key, new Ed25519Verifier(edwards));
            }
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the key's curve is not one of P-256, P-384, P-521", e);
        }
        throw new IllegalArgumentException("the key is a " + key.getAlgorithm() + " key; use RSA, EC or Ed25519");
    }

    private static Set<JWSAlgorithm> narrowed(Set<JWSAlgorithm> possible, Optional<String> algorithm) {
        if (algorithm.isEmpty()) {
            return possible;
        }
        JWSAlgorithm only = new JWSAlgorithm(algorithm.get());
        if (!possible.contains(only)) {
            throw new IllegalArgumentException("the key is not one for the algorithm that it is marked with");
        }
        return ED25519.contains(only) ? ED25519 : Set.of(only);
    }

    /** What its key set calls it. */
    Optional<String> id() {
        return id;
    }

    /** Whether it signed a token. Where both are named, the names must be the same. */
    boolean signed(SignedToken token) {
        if (id.isPresent() && token.keyId().isPresent() && !id.equals(token.keyId())) {
            return false;
        }
        try {
            return algorithms.contains(token.algorithm())
                    && verifier.verify(new JWSHeader(token.algorithm()), token.signedBytes(), token.signature());
        } catch (JOSEException malformedSignature) {
            return false;
        }
    }

    /** Whether another is the same key, by the same name and for the same algorithms: it judges every token alike. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VerificationKey that
                && id.equals(that.id)
                && algorithms.equals(that.algorithms)
                && key.equals(that.key);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, algorithms, key);
    }
}
