package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySetTest {
    private static final String EC = new ECKey.Builder(Curve.P_256, (ECPublicKey) Keys.P256.getPublic())
            .keyID("ec")
            .build()
            .toJSONString();

    @Test
    void holdsATokenAgainstTheKeyThatItNames() {
        KeySet keys = set(rsa("one", Keys.RSA), rsa("two", Keys.OTHER_RSA), EC);

        assertThat(keys.signed(token("one", "RS256", Keys.RSA))).isTrue();
        assertThat(keys.signed(token("two", "PS512", Keys.OTHER_RSA))).isTrue();
        assertThat(keys.signed(token("ec", "ES256", Keys.P256))).isTrue();
        assertThat(keys.signed(token("two", "RS256", Keys.RSA))).isFalse();
        assertThat(keys.signed(token("three", "RS256", Keys.RSA))).isFalse();
        assertThat(keys.signed(token("../one", "RS256", Keys.RSA))).isFalse();
    }

    @Test
    void triesAKeyWithoutANameForEveryToken() {
        KeySet keys = set(
                new RSAKey.Builder((RSAPublicKey) Keys.RSA.getPublic()).build().toJSONString());

        assertThat(keys.signed(token("any", "RS256", Keys.RSA))).isTrue();
        assertThat(keys.holdsKeyOf(token("any", "RS256", Keys.RSA))).isFalse();
    }

    @Test
    void takesTheAlgorithmThatAKeyIsMarkedWithAndNoOther() {
        KeySet keys = set(rsa("one", Keys.RSA).replace("{", "{\"alg\":\"RS256\","));

        assertThat(keys.signed(token("one", "RS256", Keys.RSA))).isTrue();
        assertThat(keys.signed(token("one", "RS512", Keys.RSA))).isFalse();
        assertThat(keys.signed(token("one", "PS256", Keys.RSA))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EdDSA", "Ed25519"})
    void readsEd25519UnderBothItsNames(String algorithm) {
        byte[] info = Keys.ED25519.getPublic().getEncoded();
        String x = Keys.base64(Arrays.copyOfRange(info, info.length - 32, info.length));
        String jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"";

        assertThat(set(jwk + "}").signed(token("", algorithm, Keys.ED25519))).isTrue();
        assertThat(set(jwk + ",\"alg\":\"EdDSA\"}").signed(token("", algorithm, Keys.ED25519)))
                .isTrue();
        assertThatThrownBy(() -> set(jwk.replace("Ed25519", "X25519") + "}"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void passesOverKeysThatItCannotUse() {
        String later = "{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AAAA\"}";
        String broken = "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}";
        String secret = "{\"kty\":\"oct\",\"k\":\"" + Keys.base64(Keys.SECRET) + "\"}";
        String other = "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AAAA\",\"y\":\"AAAA\"}";

        KeySet keys = set(later, broken, secret, other, "7", EC);

        assertThat(keys.keys()).hasSize(1);
        assertThat(keys.signed(SignedToken.parse(Keys.token("{}")))).isFalse();
    }

    @Test
    void passesOverAKeyWhoseSecretHalfIsPublished() {
        String published = new RSAKey.Builder((RSAPublicKey) Keys.RSA.getPublic())
                .privateKey(Keys.RSA.getPrivate())
                .build()
                .toJSONString();

        assertThat(published).contains("\"d\"");
        assertThat(set(published, EC).signed(token("", "RS256", Keys.RSA))).isFalse();
    }

    @Test
    void holdsNoMoreKeysThanAnIssuerNeeds() {
        assertThat(set(Collections.nCopies(32, EC).toArray(String[]::new)).keys())
                .hasSize(32);
        assertThatThrownBy(() -> set(Collections.nCopies(33, EC).toArray(String[]::new)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32");
    }

    @Test
    void isTheSameAsOneWithTheSameKeysInAnyOrderAlone() {
        KeySet keys = set(rsa("one", Keys.RSA), EC);
        String marked = rsa("one", Keys.RSA).replace("{", "{\"alg\":\"RS256\",");

        assertThat(keys.isSameAs(set(EC, rsa("one", Keys.RSA)))).isTrue();
        assertThat(keys.isSameAs(set(EC))).isFalse();
        assertThat(keys.isSameAs(set(EC, rsa("one", Keys.RSA), rsa("two", Keys.OTHER_RSA))))
                .isFalse();
        assertThat(keys.isSameAs(set(EC, rsa("one", Keys.OTHER_RSA)))).isFalse();
        assertThat(keys.isSameAs(set(EC, rsa("two", Keys.RSA)))).isFalse();
        assertThat(keys.isSameAs(set(EC, marked))).isFalse();
    }

    private static String rsa(String id, KeyPair pair) {
        return new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                .keyID(id)
                .build()
                .toJSONString();
    }

    private static KeySet set(String... keys) {
        return KeySet.parse(("{\"keys\":" + List.of(keys) + "}").getBytes(StandardCharsets.UTF_8));
    }

    private static SignedToken token(String keyId, String algorithm, KeyPair pair) {
        String kid = keyId.isEmpty() ? "" : ",\"kid\":\"" + keyId + "\"";
        return SignedToken.parse(
                Keys.sign("{\"alg\":\"" + algorithm + "\"" + kid + "}", "{}", algorithm, pair.getPrivate()));
    }
}
