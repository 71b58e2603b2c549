package dev.millrace.server.http;

import dev.millrace.http.Header;
import dev.millrace.http.Problem;
import dev.millrace.server.auth.KeysUnavailable;
import dev.millrace.server.auth.Unauthorized;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.concurrent.CompletionException;

/** What failures that only this transport and its tokens know mean to the client. */
final class Problems {
    private Problems() {}

    /** What a failure means to the client. */
    static Problem of(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return of(failure.getCause());
        }
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof Unauthorized) {
            return Problem.of(401, message, new Header("WWW-Authenticate", "Bearer realm=\"millrace\""));
        } else if (failure instanceof KeysUnavailable) {
            return Problem.of(503, message, new Header("Retry-After", "2"));
        }
        return Problem.of(failure);
    }

    /** What a decoder found wrong with a request's bytes. */
    static Problem ofMalformed(Throwable failure) {
        if (failure instanceof TooLongHttpHeaderException) {
            return Problem.of(
                    431, "the headers must have at most " + StrictRequestDecoder.MAX_HEADER_BYTES + " bytes together");
        } else if (failure instanceof TooLongHttpLineException) {
            return Problem.of(
                    414, "the request line must have at most " + StrictRequestDecoder.MAX_LINE_BYTES + " bytes");
        }
        return Problem.of(400, "the request is not well-formed HTTP/1.1");
    }
}
