/** Orders and their states, live. */
@NullMarked
package dev.millrace.showcase.orders;

import org.jspecify.annotations.NullMarked;
