@NullMarked
package dev.millrace.spring;

import org.jspecify.annotations.NullMarked;
