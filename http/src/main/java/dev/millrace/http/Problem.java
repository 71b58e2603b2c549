package dev.millrace.http;

import dev.millrace.hub.ClientIdTakenException;
import dev.millrace.hub.EventTooLargeException;
import dev.millrace.hub.HubFullException;
import dev.millrace.log.KeyConflictException;
import dev.millrace.log.LogUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An error answer (RFC 9457); the only place where an exception becomes a status.
 *
 * @param detail what is wrong, and what to change
 * @param line of a streamed body, the line that failed
 */
public record Problem(int status, String detail, OptionalLong line, List<Header> headers) {
    private static final Logger LOG = LoggerFactory.getLogger(Problem.class);

    /** A problem with this status. */
    public static Problem of(int status, String detail, Header... headers) {
        return new Problem(status, detail, OptionalLong.empty(), List.of(headers));
    }

    /** What a failure means to the client. What is nobody's fault but the hub's is logged. */
    public static Problem of(Throwable failure) {
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return of(failure.getCause());
        }
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof ProblemException known) {
            return known.problem();
        } else if (failure instanceof IllegalArgumentException) {
            return of(400, message);
        } else if (failure instanceof ClientIdTakenException || failure instanceof KeyConflictException) {
            return of(409, message);
        } else if (failure instanceof EventTooLargeException) {
            return of(413, message);
        } else if (failure instanceof LogUnavailableException || failure instanceof HubFullException) {
            return of(503, message, new Header("Retry-After", "2"));
        }
        LOG.error("a request failed", failure);
        return of(500, "the hub failed at this request: its log tells more");
    }

    /** What the client must say otherwise: 400. */
    public static ProblemException badRequest(String detail) {
        return of(400, detail).exception();
    }

    /** What the client may not do: 403. */
    public static ProblemException forbidden(String detail) {
        return of(403, detail).exception();
    }

    /** What is not there: 404. */
    public static ProblemException notFound(String detail) {
        return of(404, detail).exception();
    }

    /** A body beyond the limit: 413. */
    public static ProblemException tooLarge(long maxBytes) {
        return of(413, "the body must have at most " + maxBytes + " bytes").exception();
    }

    /** The same, told of a line. */
    public Problem atLine(long number) {
        return new Problem(status, detail, OptionalLong.of(number), headers);
    }

    /** What carries it to where it is answered. */
    public ProblemException exception() {
        return new ProblemException(this);
    }

    /** As it is sent. */
    public Answer answer() {
        String json = "{\"status\":" + status + ",\"title\":" + Json.quote(title()) + ",\"detail\":"
                + Json.quote(detail) + (line.isPresent() ? ",\"line\":" + line.getAsLong() : "") + "}";
        return new Answer(status, "application/problem+json", json.getBytes(StandardCharsets.UTF_8), headers);
    }

    /** The status in words (RFC 9110, section 15). */
    private String title() {
        return switch (status) {
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 406 -> "Not Acceptable";
            case 408 -> "Request Timeout";
            case 409 -> "Conflict";
            case 413 -> "Content Too Large";
            case 414 -> "URI Too Long";
            case 415 -> "Unsupported Media Type";
            case 417 -> "Expectation Failed";
            case 421 -> "Misdirected Request";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "Internal Server Error";
        };
    }
}
