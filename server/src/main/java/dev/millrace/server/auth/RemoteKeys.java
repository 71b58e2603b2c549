package dev.millrace.server.auth;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that are fetched from an issuer, kept, and renewed in the background. Thread-safe; never blocks.
 *
 * <pre>
 *  age of the keys   a known key         an unknown key
 *  none yet          fetch first         fetch first
 *  under 30 s        at once             fetch first
 *  under 5 min       at once, and fetch  fetch first
 *  older             fetch first         fetch first
 * </pre>
 *
 * There is one fetch at a time and one in 10 s; a token that would need another is judged by the keys at hand. A fetch that
 * fails leaves them as they are, so that an issuer that is down locks nobody out.
 */
final class RemoteKeys implements TrustedKeys {
    static final Duration FETCH_INTERVAL = Duration.ofSeconds(10);
    static final Duration RENEWED_AFTER = Duration.ofSeconds(30);
    static final Duration NOT_USED_AFTER = Duration.ofMinutes(5);

    private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);
    private static final CompletableFuture<Void> NO_FETCH = CompletableFuture.completedFuture(null);

    private record Fetched(CheckedTokens tokens, Instant at) {}

    private final KeySource source;
    private final Clock clock;
    private volatile Optional<Fetched> fetched = Optional.empty();
    private volatile boolean failing;

    // Guarded by this.
    private Instant lastFetch = Instant.MIN;
    private CompletableFuture<Void> fetch = NO_FETCH;

    RemoteKeys(KeySource source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    @Override
    public CompletableFuture<Boolean> signed(SignedToken token) {
        Duration age = fetched.map(f -> elapsed(f.at())).orElse(NOT_USED_AFTER);
        if (age.compareTo(NOT_USED_AFTER) >= 0) {
            return fetch().thenApply(done -> judge(token));
        }
        if (age.compareTo(RENEWED_AFTER) >= 0) {
            renew();
        }
        CheckedTokens tokens = fetched.orElseThrow(KeysUnavailable::new).tokens();
        if (tokens.signed(token)) {
            return CompletableFuture.completedFuture(true);
        }
        return tokens.keys().holdsKeyOf(token)
                ? CompletableFuture.completedFuture(false)
                : fetch().thenApply(done -> judge(token));
    }

    private boolean judge(SignedToken token) {
        return fetched.orElseThrow(KeysUnavailable::new).tokens().signed(token);
    }

    /** Fetches the keys in the background, unless that is under way or was done just now. */
    void renew() {
        var unused = fetch();
    }

    // The result never fails.
    private synchronized CompletableFuture<Void> fetch() {
        if (fetch.isDone() && elapsed(lastFetch).compareTo(FETCH_INTERVAL) >= 0) {
            lastFetch = clock.instant();
            fetch = source.fetch().thenAccept(this::keep).exceptionally(this::reportFailure);
        }
        return fetch;
    }

    /** How many tokens it knows to be signed by its keys. */
    int checkedTokens() {
        return fetched.map(Fetched::tokens).map(CheckedTokens::size).orElse(0);
    }

    @Override
    public void close() {
        source.close();
    }

    private void keep(byte[] json) {
        KeySet keys = KeySet.parse(json);
        // What was checked with the same keys still holds; with any other set it begins anew.
        CheckedTokens tokens = fetched.map(Fetched::tokens)
                .filter(known -> known.keys().isSameAs(keys))
                .orElseGet(() -> new CheckedTokens(keys));
        fetched = Optional.of(new Fetched(tokens, clock.instant()));
        if (failing) {
            failing = false;
            log.info("The key set could be fetched again");
        }
    }

    private Void reportFailure(Throwable failure) {
        if (!failing) {
            failing = true;
            log.warn("The key set could not be fetched; {}: {}", consequence(), failure.getMessage());
        }
        return null;
    }

    private String consequence() {
        return fetched.isPresent() ? "the keys at hand stay in use" : "no token can be checked until it is";
    }

    // A clock that was set back must not keep the keys fresh, nor hold back the next fetch, until it is there again.
    private Duration elapsed(Instant since) {
        Instant now = clock.instant();
        return since.equals(Instant.MIN) || now.isBefore(since) ? NOT_USED_AFTER : Duration.between(since, now);
    }
}
