/** Figures of the machine, drawn as they come. */
@NullMarked
package dev.millrace.showcase.dashboard;

import org.jspecify.annotations.NullMarked;
