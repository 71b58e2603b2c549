package dev.millrace.cli;

import dev.millrace.client.RefusedException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** What a failed request means to the person at the terminal, and what to change. */
public final class Trouble {
    private static final int DEEPEST = 10;

    private Trouble() {}

    /** The failure in words that name what to do. */
    public static IOException of(Throwable failure, HubAddress hub) {
        return new IOException(text(failure, hub), failure);
    }

    /** The words alone. */
    public static String text(Throwable failure, HubAddress hub) {
        if (cause(failure, UnknownHostException.class).isPresent()
                || cause(failure, UnresolvedAddressException.class).isPresent()) {
            return "there is no host named " + hub.uri().getHost() + ": is the address right?";
        } else if (cause(failure, ConnectException.class).isPresent()) {
            return "nothing answers at " + hub + ": is a hub running there, and is the port right?";
        } else if (cause(failure, SSLException.class).isPresent()) {
            return "no TLS with " + hub + ": "
                    + cause(failure, SSLException.class)
                            .map(Throwable::getMessage)
                            .orElse("")
                    + "; millrace doctor " + hub + " tells more";
        } else if (cause(failure, HttpTimeoutException.class).isPresent()) {
            return "no answer from " + hub + " in time; millrace doctor " + hub + " tells more";
        }
        return cause(failure, RefusedException.class)
                .map(refused -> refused(refused, hub))
                .orElseGet(() -> last(failure) + "; millrace doctor " + hub + " tells more");
    }

    private static String refused(RefusedException refused, HubAddress hub) {
        return refused(refused.status(), String.valueOf(refused.getMessage()), hub);
    }

    /** The words for an answer of the hub that is an error. */
    static String refused(int status, String said, HubAddress hub) {
        return switch (status) {
            case 401 ->
                said + "\n  the hub wants a token: --token, --token-file or MILLRACE_TOKEN"
                        + " (millrace token makes one for a hub with a --jwt-secret)";
            case 404 -> said + "\n  is there a hub at " + hub + "? millrace doctor " + hub + " tells";
            default -> said;
        };
    }

    private static String last(Throwable failure) {
        return chain(failure)
                .map(Throwable::getMessage)
                .filter(message -> message != null && !message.isBlank())
                .reduce((outer, inner) -> inner)
                .orElse(failure.getClass().getSimpleName());
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        return chain(failure).filter(type::isInstance).map(type::cast).findFirst();
    }

    private static Stream<Throwable> chain(Throwable failure) {
        return Stream.iterate(failure, each -> each != null, Throwable::getCause)
                .limit(DEEPEST);
    }
}
