/** The table of who may use whom, as tests. */
@NullMarked
package dev.millrace.architecture;

import org.jspecify.annotations.NullMarked;
