/** Measures the hub: a load generator, micro-benchmarks, and the comparison with other transports. */
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
