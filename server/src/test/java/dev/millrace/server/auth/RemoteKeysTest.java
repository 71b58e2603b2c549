package dev.millrace.server.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RemoteKeysTest {
    private static final byte[] OLD = set(key("old", Keys.RSA));
    private static final byte[] NEW = set(key("new", Keys.OTHER_RSA));

    private final ManualClock clock = new ManualClock();
    private final Issuer issuer = new Issuer();
    private final RemoteKeys keys = new RemoteKeys(issuer, clock);

    @BeforeEach
    void holdTheOldKey() {
        keys.renew();
        issuer.answer(OLD);
    }

    @Test
    void judgesKnownKeysAtOnceAndWithoutAFetch() {
        assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(true);
        assertThat(keys.signed(token("old", Keys.OTHER_RSA))).isCompletedWithValue(false);
        assertThat(issuer.requests()).isEqualTo(1);
    }

    @Test
    void takesUpANewKeyOnceATokenNamesIt() {
        clock.advance(RemoteKeys.FETCH_INTERVAL);
        CompletableFuture<Boolean> judged = keys.signed(token("new", Keys.OTHER_RSA));
        assertThat(judged).isNotDone();
        issuer.answer(NEW);

        assertThat(judged).isCompletedWithValue(true);
        assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(false);
    }

    @Test
    void takesUpANewKeyThatHasNoName() {
        clock.advance(RemoteKeys.FETCH_INTERVAL);
        CompletableFuture<Boolean> judged = keys.signed(token(null, Keys.OTHER_RSA));
        issuer.answer(NEW);

        assertThat(judged).isCompletedWithValue(true);
    }

    @Test
    void fetchesOnceInTenSecondsWhateverKeysTokensName() {
        for (int second = 1; second <= 60; second++) {
            clock.advance(Duration.ofSeconds(1));
            for (int i = 0; i < 5; i++) {
                var unused = keys.signed(token("unknown-" + second + "-" + i, Keys.OTHER_RSA));
            }
            issuer.answerAll(OLD);
        }

        assertThat(issuer.requests()).isEqualTo(1 + 6);
    }

    @Test
    void sharesAFetchThatIsUnderWay() {
        clock.advance(RemoteKeys.FETCH_INTERVAL);
        CompletableFuture<Boolean> first = keys.signed(token("new", Keys.OTHER_RSA));
        clock.advance(RemoteKeys.FETCH_INTERVAL);
        CompletableFuture<Boolean> second = keys.signed(token("new", Keys.OTHER_RSA));
        assertThat(issuer.requests()).isEqualTo(2);
        issuer.answer(NEW);

        assertThat(first).isCompletedWithValue(true);
        assertThat(second).isCompletedWithValue(true);
    }

    @Test
    void dropsARemovedKeyWithinFortyFiveSecondsOfUse() {
        clock.advance(RemoteKeys.RENEWED_AFTER);
        assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(true);
        issuer.answer(NEW);

        assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(false);
        assertThat(RemoteKeys.RENEWED_AFTER.plus(RemoteKeys.FETCH_INTERVAL)).isLessThan(Duration.ofSeconds(45));
    }

    @Test
    void dropsAKeyThatWasExchangedUnderItsName() {
        SignedToken token = token("old", Keys.RSA);
        assertThat(keys.signed(token)).isCompletedWithValue(true);
        fetchNow(set(key("old", Keys.OTHER_RSA)));

        assertThat(keys.signed(token)).isCompletedWithValue(false);
    }

    @Test
    void forgetsWhatItCheckedOnceItsKeysAreOthers() {
        assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(true);
        fetchNow(OLD);
        assertThat(keys.checkedTokens()).isEqualTo(1);

        fetchNow(set(key("old", Keys.RSA), key("new", Keys.OTHER_RSA)));
        assertThat(keys.checkedTokens()).isZero();
        assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(true);
        fetchNow(set(key("new", Keys.OTHER_RSA), key("old", Keys.RSA)));
        assertThat(keys.checkedTokens()).isEqualTo(1);
    }

    @Test
    void keepsWhatItCheckedWhileTheIssuerIsDown() {
        assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(true);
        clock.advance(RemoteKeys.RENEWED_AFTER);
        keys.renew();
        issuer.failAll();

        assertThat(keys.checkedTokens()).isEqualTo(1);
    }

    @Test
    void asksFirstAfterALongSilence() {
        clock.advance(RemoteKeys.NOT_USED_AFTER);
        CompletableFuture<Boolean> judged = keys.signed(token("old", Keys.RSA));
        assertThat(judged).isNotDone();
        issuer.answer(NEW);

        assertThat(judged).isCompletedWithValue(false);
    }

    @Test
    void keepsItsKeysWhileTheIssuerIsDown() {
        for (int minute = 0; minute < 120; minute++) {
            clock.advance(Duration.ofMinutes(1));
            CompletableFuture<Boolean> judged = keys.signed(token("old", Keys.RSA));
            issuer.failAll();
            assertThat(judged).isCompletedWithValue(true);
        }
        clock.advance(Duration.ofMinutes(1));
        CompletableFuture<Boolean> judged = keys.signed(token("new", Keys.OTHER_RSA));
        issuer.answer(NEW);

        assertThat(judged).isCompletedWithValue(true);
    }

    @Test
    void keepsItsKeysWhenTheIssuerAnswersNonsense() {
        for (String nonsense :
                List.of("", "{}", "<html>", "{\"keys\":[]}", "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AA\"}]}")) {
            clock.advance(RemoteKeys.RENEWED_AFTER);
            assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(true);
            issuer.answer(nonsense.getBytes(StandardCharsets.UTF_8));
        }

        assertThat(keys.signed(token("old", Keys.RSA))).isCompletedWithValue(true);
        assertThat(issuer.requests()).isEqualTo(1 + 5);
    }

    @Test
    void saysSoWhileItHasNoKeysYet() {
        RemoteKeys none = new RemoteKeys(issuer, clock);
        CompletableFuture<Boolean> judged = none.signed(token("old", Keys.RSA));
        issuer.failAll();

        assertThat(judged).isCompletedExceptionally();
        assertThat(none.signed(token("old", Keys.RSA)))
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(KeysUnavailable.class);
        clock.advance(RemoteKeys.FETCH_INTERVAL);
        CompletableFuture<Boolean> later = none.signed(token("old", Keys.RSA));
        issuer.answer(OLD);
        assertThat(later).isCompletedWithValue(true);
    }

    @Test
    void goesOnFetchingAfterTheClockWasSetBack() {
        clock.advance(Duration.ofHours(-5));
        CompletableFuture<Boolean> judged = keys.signed(token("new", Keys.OTHER_RSA));
        issuer.answer(NEW);

        assertThat(judged).isCompletedWithValue(true);
    }

    private void fetchNow(byte[] set) {
        clock.advance(RemoteKeys.RENEWED_AFTER);
        keys.renew();
        issuer.answer(set);
    }

    private static SignedToken token(@org.jspecify.annotations.Nullable String keyId, KeyPair pair) {
        String header = keyId == null ? "{\"alg\":\"RS256\"}" : "{\"alg\":\"RS256\",\"kid\":\"" + keyId + "\"}";
        return SignedToken.parse(Keys.sign(header, "{}", "RS256", pair.getPrivate()));
    }

    private static JWK key(String keyId, KeyPair pair) {
        return new RSAKey.Builder((RSAPublicKey) pair.getPublic()).keyID(keyId).build();
    }

    private static byte[] set(JWK... keys) {
        return new JWKSet(List.of(keys)).toString().getBytes(StandardCharsets.UTF_8);
    }

    /** An issuer that answers when the test says so. */
    private static final class Issuer implements KeySource {
        private final Deque<CompletableFuture<byte[]>> open = new ArrayDeque<>();
        private final AtomicInteger requests = new AtomicInteger();

        @Override
        public CompletableFuture<byte[]> fetch() {
            requests.incrementAndGet();
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            open.add(answer);
            return answer;
        }

        int requests() {
            return requests.get();
        }

        void answer(byte[] set) {
            open.remove().complete(set);
        }

        void answerAll(byte[] set) {
            while (!open.isEmpty()) {
                answer(set);
            }
        }

        void failAll() {
            while (!open.isEmpty()) {
                open.remove().completeExceptionally(new IOException("connection refused"));
            }
        }
    }
}
