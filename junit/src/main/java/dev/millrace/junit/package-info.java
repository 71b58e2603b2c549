/**
 * A real hub in tests of applications that use one: {@link dev.millrace.junit.MillraceExtension} starts it, listeners assert what
 * came, connections are cut, and the clock is turned.
 */
@NullMarked
package dev.millrace.junit;

import org.jspecify.annotations.NullMarked;
