/** The log of events and the bookmarks on disk, in one SQLite database. */
@NullMarked
package dev.millrace.sqlite;

import org.jspecify.annotations.NullMarked;
