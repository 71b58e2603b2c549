package dev.millrace.server;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** How the lines of the log look. */
enum LogFormat {
    /** For people: time, level, where from, message; the trace of an error below it. */
    TEXT,
    /** For machines: an object of JSON on each line, the trace of an error in it. */
    JSON;

    /** The name of the appender that is given the form. */
    static final String APPENDER = "stdout";

    /** Writes the log of this program in this form from now on. */
    void apply() {
        ILoggerFactory loggers = LoggerFactory.getILoggerFactory();
        if (this == TEXT || !(loggers instanceof LoggerContext context)) {
            return;
        }
        Appender<ILoggingEvent> appender =
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER);
        if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
            JsonLines encoder = new JsonLines();
            encoder.setContext(context);
            encoder.start();
            stream.stop();
            stream.setEncoder(encoder);
            stream.start();
        }
    }
}
