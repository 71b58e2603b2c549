package dev.millrace.cli;

import java.io.Console;

/** Whether a person looks at what is printed. */
final class Terminal {
    private Terminal() {}

    /** Since Java 22 there is a console also where there is no terminal; it says so itself. */
    @SuppressWarnings("SystemConsoleNull") // it is null before Java 22
    static boolean isThere() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true; // an older Java, where only a terminal has a console
        }
    }
}
