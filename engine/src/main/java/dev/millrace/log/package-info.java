/** The ordered, retained log of events, and the cursors that read it. */
@NullMarked
package dev.millrace.log;

import org.jspecify.annotations.NullMarked;
