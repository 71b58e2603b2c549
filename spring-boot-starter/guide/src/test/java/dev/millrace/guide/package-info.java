/** The project of the guide to the starter, built from the guide's text, started, and used. */
@NullMarked
package dev.millrace.guide;

import org.jspecify.annotations.NullMarked;
