package dev.millrace.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.millrace.http.Json;
import java.nio.charset.StandardCharsets;

/**
 * Each event of the log as an object of JSON on a line of its own: {@code time}, {@code severity}, {@code logger}, {@code message},
 * and {@code error} with its trace where there is one. The names are those that log services look for.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(200)
                .append("{\"time\":\"")
                .append(event.getInstant())
                .append("\",\"severity\":\"")
                .append(severity(event.getLevel()))
                .append("\",\"logger\":")
                .append(Json.quote(event.getLoggerName()))
                .append(",\"message\":")
                .append(Json.quote(event.getFormattedMessage()));
        IThrowableProxy error = event.getThrowableProxy();
        if (error != null) {
            line.append(",\"error\":")
                    .append(Json.quote(ThrowableProxyUtil.asString(error).stripTrailing()));
        }
        return line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String severity(Level level) {
        return level.equals(Level.WARN) ? "WARNING" : level.toString();
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
