/** Publishers, subscribers, presence, bookmarks and limits on top of a log. */
@NullMarked
package dev.millrace.hub;

import org.jspecify.annotations.NullMarked;
