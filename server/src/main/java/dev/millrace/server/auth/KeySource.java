package dev.millrace.server.auth;

import java.util.concurrent.CompletableFuture;

/** Where an issuer's key set comes from. */
interface KeySource extends AutoCloseable {
    /** Asks for the key set once: the bytes of its JSON. Never blocks. */
    CompletableFuture<byte[]> fetch();

    @Override
    default void close() {}
}
