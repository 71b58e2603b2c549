package dev.millrace.cli;

/** The program: what {@code ./millrace} starts. */
public final class Main {
    private Main() {}

    /** Runs the command that the arguments name; without one, the hub. */
    public static void main(String[] arguments) {
        dev.millrace.server.Main.run(arguments, new ClientCommands());
    }
}
