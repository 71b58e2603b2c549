package dev.millrace.showcase;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.web.server.PortInUseException;

/** Why the application can't run where it is: something that its user can change. */
final class StartFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private StartFailure(String message, Throwable cause) {
        super(message, cause);
    }

    /** The failure that the user can do something about; the given one where it is a mistake of the program. */
    static RuntimeException of(RuntimeException failure) {
        return Stream.iterate((Throwable) failure, Objects::nonNull, Throwable::getCause)
                .filter(cause -> cause instanceof PortInUseException
                        || cause instanceof SQLException
                        || cause instanceof IOException)
                .findFirst()
                .<RuntimeException>map(cause -> new StartFailure(message(cause), cause))
                .orElse(failure);
    }

    private static String message(Throwable cause) {
        if (cause instanceof PortInUseException taken) {
            return "port " + taken.getPort() + " is taken: choose another with --port";
        }
        String what = cause instanceof SQLException ? "the database can't be used: " : "it can't start: ";
        return what + String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }
}
