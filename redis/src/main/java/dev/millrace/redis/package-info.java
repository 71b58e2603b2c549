/** The log, presence and bookmarks on Redis, so that many nodes share one order. */
@NullMarked
package dev.millrace.redis;

import org.jspecify.annotations.NullMarked;
