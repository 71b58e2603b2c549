/** The program: the hub's own commands, and those that talk to a hub that runs. */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
