package dev.millrace.client;

/**
 * Where the client's tokens come from. Asked before each connect and each publish, and once more when the hub answers 401,
 * so it should remember a token that is still good. It may block.
 */
@FunctionalInterface
public interface TokenSource {

    /** A token for {@code Authorization: Bearer}. What it throws counts as a failed connect, which is tried again. */
    String token() throws Exception;
}
