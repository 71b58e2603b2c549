/** The hub over HTTP, on Netty: the pipeline, the router, one file per group of routes, and the stream writer. */
@NullMarked
package dev.millrace.server.http;

import org.jspecify.annotations.NullMarked;
