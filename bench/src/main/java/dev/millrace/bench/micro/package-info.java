/** Micro-benchmarks of the parts of the hub, by JMH. */
@NullMarked
package dev.millrace.bench.micro;

import org.jspecify.annotations.NullMarked;
