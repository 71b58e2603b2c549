/** The hub as a program: its settings, its start, and its end; and {@link dev.millrace.server.MillraceServer} to embed it. */
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
