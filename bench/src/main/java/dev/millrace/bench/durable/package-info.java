/** What it costs to keep events on disk. */
@NullMarked
package dev.millrace.bench.durable;

import org.jspecify.annotations.NullMarked;
