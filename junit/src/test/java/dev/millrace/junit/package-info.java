@NullMarked
package dev.millrace.junit;

import org.jspecify.annotations.NullMarked;
