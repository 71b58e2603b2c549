package dev.millrace.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A Lua script, which the server is sent by its digest, and whole where it does not know it yet. */
final class Script {
    static final Script APPEND = withCommon("append");
    static final Script READ = withCommon("read");
    static final Script LOCATE = withCommon("locate");
    static final Script SWEEP = withCommon("sweep");
    static final Script CHANNELS = withCommon("channels");
    static final Script LOOK = withCommon("look");
    static final Script ADOPT = withCommon("adopt");
    static final Script MARK = withCommon("mark");
    static final Script WATCH = withCommon("watch");
    static final Script BOOKMARKS = new Script(source("bookmarks"));

    private final byte[] source;
    private final String digest;

    private Script(byte[] source) {
        this.source = source;
        try {
            this.digest =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private static Script withCommon(String name) {
        String both =
                new String(source("common"), StandardCharsets.UTF_8) + new String(source(name), StandardCharsets.UTF_8);
        return new Script(both.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] source(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException(name + ".lua is missing in the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it; completes with its reply, on the thread of the connection. */
    CompletionStage<Reply> run(StatefulRedisConnection<byte[], byte[]> connection, byte[][] keys, byte[]... args) {
        RedisAsyncCommands<byte[], byte[]> commands = connection.async();
        CompletionStage<List<Object>> known;
        try {
            known = commands.evalsha(digest, ScriptOutputType.MULTI, keys, args);
        } catch (RuntimeException e) { // a connection that is closed may say so at once
            known = CompletableFuture.failedFuture(e);
        }
        return known.handle((reply, failure) -> isUnknown(failure)
                        ? commands.<List<Object>>eval(source, ScriptOutputType.MULTI, keys, args)
                        : asIs(reply, failure))
                .thenCompose(next -> next)
                .thenApply(Reply::new);
    }

    private static boolean isUnknown(@org.jspecify.annotations.Nullable Throwable failure) {
        return failure instanceof RedisNoScriptException
                || (failure instanceof CompletionException && failure.getCause() instanceof RedisNoScriptException);
    }

    private static CompletionStage<List<Object>> asIs(
            List<Object> reply, @org.jspecify.annotations.Nullable Throwable failure) {
        return failure == null ? CompletableFuture.completedFuture(reply) : CompletableFuture.failedFuture(failure);
    }
}
