package dev.millrace.server.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The keys that a hub trusts at one time. Immutable.
 *
 * @param keys at least one
 */
record KeySet(List<VerificationKey> keys) {
    private static final int MAX_KEYS = 32;
    private static final byte[] ED25519_KEY_INFO = HexFormat.of().parseHex("302a300506032b6570032100");

    KeySet {
        keys = List.copyOf(keys);
    }

    /**
     * The keys of a JSON Web Key Set (RFC 7517, section 5) that tokens can be verified with; the others are passed over.
     *
     * @throws IllegalArgumentException if it is no key set, or holds no such key
     */
    static KeySet parse(byte[] json) {
        JsonNode members = StrictJson.object(json)
                .map(set -> set.path("keys"))
                .filter(JsonNode::isArray)
                .orElseThrow(() -> new IllegalArgumentException("it is no JSON Web Key Set"));
        if (members.size() > MAX_KEYS) {
            throw new IllegalArgumentException("it holds more than " + MAX_KEYS + " keys");
        }
        List<VerificationKey> keys = new ArrayList<>();
        for (JsonNode member : members) {
            verificationKey(member.toString()).ifPresent(keys::add);
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("it holds no public key that tokens can be verified with");
        }
        return new KeySet(keys);
    }

    /** Whether another set holds the same keys, in whatever order. */
    boolean isSameAs(KeySet other) {
        return Set.copyOf(keys).equals(Set.copyOf(other.keys));
    }

    /** Whether one of them signed a token. */
    boolean signed(SignedToken token) {
        for (VerificationKey key : keys) {
            if (key.signed(token)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a token names one of them. */
    boolean holdsKeyOf(SignedToken token) {
        return token.keyId().isPresent()
                && keys.stream().anyMatch(key -> key.id().equals(token.keyId()));
    }

    private static Optional<VerificationKey> verificationKey(String json) {
        try {
            JWK jwk = JWK.parse(json);
            if (jwk.isPrivate() || !isForSignatures(jwk) || !(jwk instanceof AsymmetricJWK)) {
                return Optional.empty();
            }
            Optional<String> algorithm = Optional.ofNullable(jwk.getAlgorithm()).map(Object::toString);
            return Optional.of(
                    VerificationKey.ofPublicKey(publicKey(jwk), Optional.ofNullable(jwk.getKeyID()), algorithm));
        } catch (ParseException | JOSEException | GeneralSecurityException | IllegalArgumentException notOneOfOurs) {
            return Optional.empty();
        }
    }

    private static boolean isForSignatures(JWK jwk) {
        return (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
                && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY));
    }

    private static PublicKey publicKey(JWK jwk) throws JOSEException, GeneralSecurityException {
        if (!(jwk instanceof OctetKeyPair edwards)) {
            return ((AsymmetricJWK) jwk).toPublicKey();
        }
        if (!edwards.getCurve().equals(Curve.Ed25519)) {
            throw new IllegalArgumentException("the curve is not Ed25519");
        }
        byte[] x = edwards.getDecodedX();
        byte[] info = new byte[ED25519_KEY_INFO.length + x.length];
        System.arraycopy(ED25519_KEY_INFO, 0, info, 0, ED25519_KEY_INFO.length);
        System.arraycopy(x, 0, info, ED25519_KEY_INFO.length, x.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(info));
    }
}
