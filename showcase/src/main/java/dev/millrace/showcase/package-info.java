/** Seven small applications on the Spring Boot starter, each in a package of its own, with pages. */
@NullMarked
package dev.millrace.showcase;

import org.jspecify.annotations.NullMarked;
