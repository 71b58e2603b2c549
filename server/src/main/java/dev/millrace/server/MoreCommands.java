package dev.millrace.server;

import picocli.CommandLine;

/** Commands of the program beside the hub's own. */
public interface MoreCommands {
    /** Whether they are wanted, where this is the first argument. */
    boolean has(String name);

    /** Adds them to the hub's. */
    void addTo(CommandLine commands);
}
