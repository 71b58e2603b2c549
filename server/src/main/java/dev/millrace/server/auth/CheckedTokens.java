package dev.millrace.server.auth;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The keys of one set, and which tokens they were found to have signed, so that a token that comes again costs no second
 * verification. Thread-safe.
 *
 * <p>Only the signature is remembered, of what is right alone, and by fingerprint: what a token says is read and held against the
 * clock each time. It ends with its key set. It holds a bounded number of tokens; the one that came longest ago is forgotten first.
 */
final class CheckedTokens {
    /** About 16 MB. */
    static final int MAX_TOKENS = 100_000;

    private final KeySet keys;

    // Guarded by itself. By fingerprint, the one that came longest ago first.
    private final Map<String, Boolean> signed = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_TOKENS;
        }
    };

    CheckedTokens(KeySet keys) {
        this.keys = keys;
    }

    KeySet keys() {
        return keys;
    }

    /** Whether one of the keys signed a token. */
    boolean signed(SignedToken token) {
        String fingerprint = Fingerprint.of(token.text());
        if (isKnown(fingerprint)) {
            return true;
        }
        // Outside the lock, since it takes long.
        boolean isSigned = keys.signed(token);
        if (isSigned) {
            remember(fingerprint);
        }
        return isSigned;
    }

    /** How many tokens it knows at the moment. */
    int size() {
        synchronized (signed) {
            return signed.size();
        }
    }

    private boolean isKnown(String fingerprint) {
        synchronized (signed) {
            return signed.get(fingerprint) != null;
        }
    }

    private void remember(String fingerprint) {
        synchronized (signed) {
            signed.put(fingerprint, true);
        }
    }
}
