package dev.millrace.server.auth;

import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;

/** What an RSA key must not be: short, or made by a broken generator. The JDK refuses exponents under 3. */
final class RsaChecks {
    private static final int MIN_BITS = 2048;
    private static final int[] ROCA_PRIMES = {11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157};

    private RsaChecks() {}

    static void requireSound(RSAPublicKey key) {
        if (key.getModulus().bitLength() < MIN_BITS) {
            throw new IllegalArgumentException("the RSA key must have at least " + MIN_BITS + " bits, but has "
                    + key.getModulus().bitLength());
        }
        if (isRoca(key.getModulus())) {
            throw new IllegalArgumentException("the RSA key was made by a generator whose keys can be factored (ROCA)");
        }
    }

    // CVE-2017-15361: the primes of such keys are k*M + (65537^a mod M), so that modulo each small prime the modulus is
    // a
    // power of 65537. A sound modulus is one for all of these primes once in 2^27 keys.
    private static boolean isRoca(BigInteger modulus) {
        for (int prime : ROCA_PRIMES) {
            if (!isPowerOf65537(modulus.mod(BigInteger.valueOf(prime)).intValueExact(), prime)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPowerOf65537(int value, int prime) {
        int power = 1;
        do {
            if (power == value) {
                return true;
            }
            power = power * (65537 % prime) % prime;
        } while (power != 1);
        return false;
    }
}
