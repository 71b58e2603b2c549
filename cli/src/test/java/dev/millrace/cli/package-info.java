/** The commands against real hubs, terminals, shells and proxies. */
@NullMarked
package dev.millrace.cli;

import org.jspecify.annotations.NullMarked;
