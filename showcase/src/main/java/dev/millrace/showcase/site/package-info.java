/** What the applications share: sign-in, and the words of bad requests. */
@NullMarked
package dev.millrace.showcase.site;

import org.jspecify.annotations.NullMarked;
