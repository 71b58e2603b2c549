@NullMarked
package dev.millrace.showcase;

import org.jspecify.annotations.NullMarked;
