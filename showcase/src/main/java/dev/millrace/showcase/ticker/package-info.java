/** A ticker that counts while somebody listens. */
@NullMarked
package dev.millrace.showcase.ticker;

import org.jspecify.annotations.NullMarked;
