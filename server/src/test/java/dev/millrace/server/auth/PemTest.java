package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.KeyPair;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
    @Test
    void readsEveryTypeOfKey() {
        for (KeyPair pair : List.of(Keys.RSA, Keys.P256, Keys.P384, Keys.P521, Keys.ED25519)) {
            assertThat(Pem.publicKeys(Keys.pem(pair.getPublic()))).containsExactly(pair.getPublic());
        }
    }

    @Test
    void readsSeveralKeysForARotation() throws Exception {
        String both = "# the old one\n" + Keys.pem(Keys.RSA.getPublic()) + "\r\n" + Keys.pem(Keys.P256.getPublic());
        Authenticator hub = Authenticator.withPublicKey(both, Expected.ANYTHING, new ManualClock());

        for (var signed : List.of(
                Keys.sign("{\"alg\":\"RS256\",\"kid\":\"1\"}", "{}", "RS256", Keys.RSA.getPrivate()),
                Keys.sign("{\"alg\":\"ES256\",\"kid\":\"2\"}", "{}", "ES256", Keys.P256.getPrivate()))) {
            assertThat(hub.authenticate(signed).get()).isNotNull();
        }
    }

    @Test
    void refusesAPrivateKeyWithoutShowingIt() {
        String pem = Keys.pem("PRIVATE KEY", Keys.P256.getPrivate().getEncoded());

        assertThatThrownBy(() -> Pem.publicKeys(pem))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-pubout")
                .satisfies(refusal -> assertThat(refusal.toString())
                        .doesNotContain(
                                Keys.base64(Keys.P256.getPrivate().getEncoded()).substring(0, 20)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no key",
                "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----",
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END CERTIFICATE-----",
            })
    void saysWhatItWants(String text) {
        assertThatThrownBy(() -> Pem.publicKeys(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("block");
    }

    @Test
    void takesNoWeakKeyNorOneOfAnUnsupportedType() {
        KeyPair shortRsa = Keys.rsa(1024);

        for (KeyPair pair : List.of(Keys.ED448, shortRsa)) {
            assertThatThrownBy(() -> Authenticator.withPublicKey(
                            Keys.pem(pair.getPublic()), Expected.ANYTHING, new ManualClock()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
