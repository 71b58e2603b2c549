/** The load generator: listeners and publishers against any hub, on one event loop. */
@NullMarked
package dev.millrace.bench.load;

import org.jspecify.annotations.NullMarked;
