/** The comparison with other transports and other servers, all on the same work. */
@NullMarked
package dev.millrace.bench.compare;

import org.jspecify.annotations.NullMarked;
