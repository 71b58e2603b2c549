package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.fail;

import dev.millrace.server.auth.Unauthorized.Reason;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {
    private final ManualClock clock = new ManualClock();
    private final Authenticator authenticator = Authenticator.withSecret(Keys.SECRET, Expected.ANYTHING, clock);

    static Stream<Arguments> algorithms() {
        return Stream.of(
                Arguments.of("RS256", Keys.RSA),
                Arguments.of("RS384", Keys.RSA),
                Arguments.of("RS512", Keys.RSA),
                Arguments.of("PS256", Keys.RSA),
                Arguments.of("PS384", Keys.RSA),
                Arguments.of("PS512", Keys.RSA),
                Arguments.of("ES256", Keys.P256),
                Arguments.of("ES384", Keys.P384),
                Arguments.of("ES512", Keys.P521),
                Arguments.of("EdDSA", Keys.ED25519),
                Arguments.of("Ed25519", Keys.ED25519));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void takesATokenOfItsKeyAndOfNoOther(String algorithm, KeyPair pair) throws Exception {
        String token = Keys.sign(header(algorithm), "{\"sub\":\"ann\"}", algorithm, pair.getPrivate());

        assertThat(holder(pair).authenticate(token).get().subject()).contains("ann");
        for (KeyPair other : new KeyPair[] {Keys.OTHER_RSA, Keys.P256, Keys.P384, Keys.P521, Keys.ED25519}) {
            if (other != pair) {
                assertRefused(holder(other).authenticate(token), Reason.UNTRUSTED);
            }
        }
        assertRefused(authenticator.authenticate(token), Reason.UNTRUSTED);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void refusesATokenWhoseClaimsWereExchanged(String algorithm, KeyPair pair) throws Exception {
        String ann = Keys.sign(header(algorithm), "{\"sub\":\"ann\"}", algorithm, pair.getPrivate());
        String bob = ann.replace(Keys.base64("{\"sub\":\"ann\"}"), Keys.base64("{\"sub\":\"bob\"}"));

        assertRefused(holder(pair).authenticate(bob), Reason.UNTRUSTED);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void asksTheSameOfATokenEachTimeItComes(String algorithm, KeyPair pair) throws Exception {
        long now = clock.instant().getEpochSecond();
        String claims = "{\"sub\":\"ann\",\"nbf\":" + now + ",\"exp\":" + (now + 60) + "}";
        String token = Keys.sign(header(algorithm), claims, algorithm, pair.getPrivate());
        Authenticator authenticator = holder(pair);
        assertThat(authenticator.authenticate(token).get().subject()).contains("ann");

        String signed = token.substring(0, token.lastIndexOf('.') + 1);
        String other = Keys.sign(header(algorithm), "{\"sub\":\"ann\"}", algorithm, pair.getPrivate());
        assertRefused(
                authenticator.authenticate(signed + other.substring(other.lastIndexOf('.') + 1)), Reason.UNTRUSTED);
        assertRefused(authenticator.authenticate(token + "="), Reason.MALFORMED);
        clock.advance(Duration.ofSeconds(-31));
        assertRefused(authenticator.authenticate(token), Reason.NOT_YET_VALID);
        clock.advance(Duration.ofSeconds(31 + 59));
        assertThat(authenticator.authenticate(token).get().subject()).contains("ann");
        clock.advance(Duration.ofSeconds(1));
        assertRefused(authenticator.authenticate(token), Reason.EXPIRED);
    }

    @Test
    void takesNoSignatureOfZeros() throws Exception {
        String input = Keys.base64(header("ES256")) + "." + Keys.base64("{\"sub\":\"ann\"}") + ".";

        for (int length : new int[] {1, 63, 64, 65, 72}) {
            assertRefused(holder(Keys.P256).authenticate(input + Keys.base64(new byte[length])), Reason.UNTRUSTED);
        }
        for (int length : new int[] {1, 63, 64, 65}) {
            String edwards = Keys.base64(header("EdDSA")) + "." + Keys.base64("{}") + ".";
            assertRefused(holder(Keys.ED25519).authenticate(edwards + Keys.base64(new byte[length])), Reason.UNTRUSTED);
        }
    }

    @Test
    void takesNoPublicKeyForASecret() throws Exception {
        RSAPublicKey rsa = (RSAPublicKey) Keys.RSA.getPublic();
        String pem = Keys.pem(rsa);
        byte[][] guesses = {
            pem.getBytes(StandardCharsets.UTF_8),
            pem.strip().getBytes(StandardCharsets.UTF_8),
            rsa.getEncoded(),
            rsa.getModulus().toByteArray()
        };

        for (byte[] guess : guesses) {
            String token = Keys.sign(header("HS256"), "{\"sub\":\"ann\"}", "HS256", Keys.hmac(guess));
            assertRefused(holder(Keys.RSA).authenticate(token), Reason.UNTRUSTED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "HS384", "HS512", "hs256", "RS256", "HS256 "})
    void takesNoOtherAlgorithmThanTheSecrets(String algorithm) throws Exception {
        String signed = Keys.sign(header(algorithm), "{\"sub\":\"ann\"}", "HS256", secret());

        assertRefused(authenticator.authenticate(signed), Reason.UNTRUSTED);
        assertRefused(authenticator.authenticate(signed.substring(0, signed.lastIndexOf('.') + 1)), Reason.MALFORMED);
    }

    @Test
    void takesOnlyHs256WithASecretEvenIfTheMacIsRight() throws Exception {
        String signed = Keys.sign(header("HS512"), "{\"sub\":\"ann\"}", "HS512", secret());

        assertRefused(authenticator.authenticate(signed), Reason.UNTRUSTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}",
                "{\"alg\":\"HS256\",\"crit\":[]}",
                "{\"alg\":\"HS256\",\"b64\":false,\"crit\":[\"b64\"]}",
                "{\"alg\":\"HS256\",\"b64\":true}",
                "{\"alg\":\"none\",\"alg\":\"HS256\"}",
                "{\"alg\":[\"HS256\"]}",
                "{\"alg\":null}",
                "{\"kid\":\"1\"}",
                "{\"alg\":\"HS256\",\"kid\":1}",
                "{\"alg\":\"HS256\"} ,",
                "[\"HS256\"]",
                "{}",
            })
    void refusesAHeaderThatItDoesNotUnderstandInFull(String header) throws Exception {
        assertRefused(authenticator.authenticate(Keys.token(header, "{\"sub\":\"ann\"}")), Reason.MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"jku\":\"http://127.0.0.1:1/keys\"",
                "\"x5u\":\"http://127.0.0.1:1/cert\"",
                "\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                "\"kid\":\"../../../dev/null\"",
                "\"kid\":\"' OR 1=1 --\"",
                "\"typ\":\"at+jwt\"",
            })
    void looksAtNothingElseInTheHeader(String member) throws Exception {
        String token = Keys.token("{\"alg\":\"HS256\"," + member + "}", "{\"sub\":\"ann\"}");

        assertThat(authenticator.authenticate(token).get().subject()).contains("ann");
    }

    @Test
    void takesNoKeyThatTheTokenBringsAlong() throws Exception {
        RSAPublicKey own = (RSAPublicKey) Keys.OTHER_RSA.getPublic();
        String jwk = new com.nimbusds.jose.jwk.RSAKey.Builder(own).build().toJSONString();
        String header = "{\"alg\":\"RS256\",\"jwk\":" + jwk + "}";
        String token = Keys.sign(header, "{\"sub\":\"ann\"}", "RS256", Keys.OTHER_RSA.getPrivate());

        assertRefused(holder(Keys.RSA).authenticate(token), Reason.UNTRUSTED);
    }

    @Test
    void refusesEveryOtherSpellingOfAToken() throws Exception {
        String token = Keys.token("{\"sub\":\"ann\"}");
        assertThat(authenticator.authenticate(token).get().subject()).contains("ann");

        // The last character of 32 bytes in base64url carries two bits that mean nothing.
        char last = token.charAt(token.length() - 1);
        String withStrayBit = token.substring(0, token.length() - 1) + (char) (last + 1);
        for (String other : new String[] {
            "",
            ".",
            "..",
            "...",
            "x",
            token + ".",
            token + "=",
            token + " ",
            " " + token,
            token + "\n",
            token + ".e30",
            token.replace(".", ".."),
            token.replace('.', ','),
            token.substring(0, token.lastIndexOf('.')),
            token.substring(0, token.length() - 1),
            withStrayBit,
            token.replaceFirst("e", "e\n"),
            "Bearer " + token,
            token + token,
            "x".repeat(SignedToken.MAX_LENGTH + 1)
        }) {
            assertThatThrownBy(() -> authenticator.authenticate(other).get())
                    .as(other)
                    .hasCauseInstanceOf(Unauthorized.class);
        }
    }

    @Test
    void saysTheSameOfAnUnknownKeyAndOfABadSignature() {
        String claims = "{\"sub\":\"ann\",\"exp\":1}";
        Future<Grants> badSignature = authenticator.authenticate(
                Keys.sign(header("HS256"), claims, "HS256", Keys.hmac("guess".getBytes(StandardCharsets.UTF_8))));
        Future<Grants> unknownKey =
                authenticator.authenticate(Keys.sign(header("RS256"), claims, "RS256", Keys.RSA.getPrivate()));

        assertThat(refusal(badSignature).getMessage())
                .isEqualTo(refusal(unknownKey).getMessage());
    }

    @Test
    void holdsNothingOfTheTokenInItsRefusal() {
        String token = Keys.token("{\"sub\":\"ann-of-the-refused\",\"exp\":1}");
        Unauthorized refusal = refusal(authenticator.authenticate(token));

        assertThat(refusal.reason()).isEqualTo(Reason.EXPIRED);
        assertThat(refusal.toString()).doesNotContain("ann-of").doesNotContain(token.substring(0, 8));
    }

    @Test
    void grantsPublicChannelsWithAndWithoutAToken() throws Exception {
        Authenticator open = Authenticator.withSecret(Keys.SECRET, new Expected("", "", Set.of("news/*")), clock);

        assertThat(open.withoutToken().maySubscribe("news/1")).isTrue();
        assertThat(open.withoutToken().maySubscribe("orders/1")).isFalse();
        assertThat(open.authenticate(Keys.token("{}")).get().maySubscribe("news/1"))
                .isTrue();
        assertRefused(open.authenticate("bad"), Reason.MALFORMED);
        assertThatThrownBy(authenticator::withoutToken)
                .isInstanceOfSatisfying(
                        Unauthorized.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(Reason.MISSING));
    }

    @Test
    void grantsEverythingWithoutKeys() throws Exception {
        Authenticator open = Authenticator.openToAll();

        assertThat(open.withoutToken()).isEqualTo(Grants.everything());
        assertThat(open.authenticate("anything").get()).isEqualTo(Grants.everything());
    }

    @Test
    void countsTheBytesOfASecret() {
        assertThatThrownBy(() -> Authenticator.withSecret("x".repeat(31), Expected.ANYTHING, clock))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("32 bytes");
        assertThat(Authenticator.withSecret("é".repeat(16), Expected.ANYTHING, clock))
                .isNotNull();
    }

    private Authenticator holder(KeyPair pair) {
        return Authenticator.withPublicKey(Keys.pem(pair.getPublic()), Expected.ANYTHING, clock);
    }

    private static String header(String algorithm) {
        return "{\"alg\":\"" + algorithm + "\"}";
    }

    private static Key secret() {
        return Keys.hmac(Keys.SECRET.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertRefused(CompletableFuture<Grants> grants, Reason reason) {
        assertThat(refusal(grants).reason()).isEqualTo(reason);
    }

    private static Unauthorized refusal(Future<Grants> grants) {
        return catchThrowableOfType(ExecutionException.class, grants::get).getCause() instanceof Unauthorized refusal
                ? refusal
                : fail("refused for another reason");
    }
}
