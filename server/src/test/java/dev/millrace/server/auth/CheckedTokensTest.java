package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CheckedTokensTest {
    private static final Base64URL RIGHT = Base64URL.encode("right");
    private static final Base64URL WRONG = Base64URL.encode("wrong");

    private final OneSignature verifier = new OneSignature();
    private final CheckedTokens tokens = new CheckedTokens(new KeySet(List.of(
            new VerificationKey(Optional.of("one"), Set.of(JWSAlgorithm.ES256), Keys.P256.getPublic(), verifier))));

    @Test
    void verifiesATokenOnceHoweverOftenItComes() {
        for (int i = 0; i < 100; i++) {
            assertThat(tokens.signed(token("ES256", "one", "{}", RIGHT))).isTrue();
        }

        assertThat(verifier.calls).hasValue(1);
        assertThat(tokens.size()).isEqualTo(1);
    }

    @Test
    void refusesWhatDiffersInAnyPartFromATokenThatItKnows() {
        assertThat(tokens.signed(token("ES256", "one", "{}", RIGHT))).isTrue();

        assertThat(tokens.signed(token("ES256", "one", "{}", WRONG))).isFalse();
        assertThat(tokens.signed(token("ES384", "one", "{}", RIGHT))).isFalse();
        assertThat(tokens.signed(token("ES256", "two", "{}", RIGHT))).isFalse();
        verifier.isOver = true;
        assertThat(tokens.signed(token("ES256", "one", "{\"sub\":\"ann\"}", RIGHT)))
                .isFalse();
        assertThat(tokens.signed(token("ES256", "one", "{}", RIGHT))).isTrue();
    }

    @Test
    void verifiesARefusedTokenEachTime() {
        for (int i = 1; i <= 3; i++) {
            assertThat(tokens.signed(token("ES256", "one", "{}", WRONG))).isFalse();
            assertThat(verifier.calls).hasValue(i);
        }

        assertThat(tokens.size()).isZero();
    }

    @Test
    void forgetsTheTokenThatCameLongestAgoFirst() {
        for (int i = 0; i < CheckedTokens.MAX_TOKENS; i++) {
            tokens.signed(numbered(i));
        }
        tokens.signed(numbered(0));
        tokens.signed(numbered(CheckedTokens.MAX_TOKENS));

        assertThat(tokens.size()).isEqualTo(CheckedTokens.MAX_TOKENS);
        assertThat(callsFor(numbered(0))).isZero();
        assertThat(callsFor(numbered(2))).isZero();
        assertThat(callsFor(numbered(1))).isEqualTo(1);
    }

    @Test
    void givesEachOfManyThreadsTheRightAnswer() throws Exception {
        int threads = 8;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Boolean>> rightOnes = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                rightOnes.add(pool.submit(this::isRightAboutAThousand));
            }
            for (Future<Boolean> isRight : rightOnes) {
                assertThat(isRight.get(30, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            pool.shutdownNow();
        }

        assertThat(tokens.size()).isEqualTo(1000);
    }

    private boolean isRightAboutAThousand() {
        boolean isRight = true;
        for (int i = 0; i < 1000; i++) {
            isRight &= tokens.signed(numbered(i)) && !tokens.signed(token("ES256", "one", "{\"n\":" + i + "}", WRONG));
        }
        return isRight;
    }

    private int callsFor(SignedToken token) {
        int before = verifier.calls.get();
        assertThat(tokens.signed(token)).isTrue();
        return verifier.calls.get() - before;
    }

    private static SignedToken numbered(int number) {
        return token("ES256", "one", "{\"n\":" + number + "}", RIGHT);
    }

    private static SignedToken token(String algorithm, String keyId, String claims, Base64URL signature) {
        String header = "{\"alg\":\"" + algorithm + "\",\"kid\":\"" + keyId + "\"}";
        return SignedToken.parse(Keys.base64(header) + "." + Keys.base64(claims) + "." + signature);
    }

    /** Takes one signature for everything, until it is over, and counts how often it is asked. */
    private static final class OneSignature implements JWSVerifier {
        private final AtomicInteger calls = new AtomicInteger();
        private volatile boolean isOver;

        @Override
        public boolean verify(JWSHeader header, byte[] signingInput, Base64URL signature) {
            calls.incrementAndGet();
            return !isOver && signature.equals(RIGHT);
        }

        @Override
        public Set<JWSAlgorithm> supportedJWSAlgorithms() {
            return Set.of(JWSAlgorithm.ES256);
        }

        @Override
        public JCAContext getJCAContext() {
            return new JCAContext();
        }
    }
}
