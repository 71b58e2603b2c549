/** Tests of the parts of the HTTP server, and of what only its own settings can show quickly. */
@NullMarked
package dev.millrace.server.http;

import org.jspecify.annotations.NullMarked;
