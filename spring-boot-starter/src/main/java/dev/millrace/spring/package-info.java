/** The hub inside a Spring Boot application: auto-configuration, its HTTP interface on the application's own port, health, metrics. */
@NullMarked
package dev.millrace.spring;

import org.jspecify.annotations.NullMarked;
