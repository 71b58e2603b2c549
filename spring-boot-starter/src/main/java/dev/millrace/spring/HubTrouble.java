package dev.millrace.spring;

import java.util.Optional;

/** Why the hub can't keep events at present; asked by its health. */
@FunctionalInterface
public interface HubTrouble {
    /** The reason; empty where all is well. */
    Optional<String> now();
}
