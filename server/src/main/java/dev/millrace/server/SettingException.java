package dev.millrace.server;

/** A setting that can't be; its message is one line that names it. */
public final class SettingException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    SettingException(String message) {
        super(message);
    }
}
