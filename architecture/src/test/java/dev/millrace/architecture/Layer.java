package dev.millrace.architecture;

import java.util.List;
import java.util.stream.Stream;

/** A package of Millrace, and the packages that it may use besides the JDK's and its own. */
record Layer(String name, List<String> mayUse) {
    private static final String ROOT = "dev.millrace.";

    /** The whole table: a package that is not in it fails the test, so that a new one is placed here on purpose. */
    static final List<Layer> TABLE = List.of(
            layer("sse"),
            layer("log"),
            layer("hub", own("log")),
            layer("sqlite", own("log", "hub"), "org.sqlite..", "org.slf4j.."),
            layer("redis", own("log", "hub"), "io.lettuce.core..", "org.slf4j.."),
            layer("http", own("hub", "log", "sse"), "tools.jackson..", "io.micrometer..", "org.slf4j.."),
            layer(
                    "server.auth",
                    own("http"),
                    "com.nimbusds.jose..",
                    "com.nimbusds.jwt..",
                    "tools.jackson..",
                    "org.slf4j.."),
            layer(
                    "server.http",
                    own("hub", "log", "sse", "http", "server.auth"),
                    "io.netty..",
                    "tools.jackson..",
                    "com.fasterxml.jackson.annotation..",
                    "org.slf4j.."),
            layer(
                    "server",
                    own("hub", "log", "http", "server.auth", "server.http", "sqlite", "redis"),
                    "com.sun.management",
                    "picocli..",
                    "tools.jackson..",
                    "org.yaml.snakeyaml..",
                    "io.micrometer..",
                    "org.slf4j..",
                    "ch.qos.logback.."),
            layer("client", own("sse")),
            layer("cli.doctor"),
            layer("cli", own("client", "server", "cli.doctor"), "picocli..", "tools.jackson.."),
            layer(
                    "spring",
                    own("hub", "log", "sse", "http", "sqlite", "redis"),
                    "org.springframework..",
                    "io.micrometer..",
                    "jakarta.servlet.."),
            layer("junit", own("server", "client", "hub", "log"), "org.junit.jupiter..", "org.opentest4j.."));

    private static Layer layer(String name, String... mayUse) {
        return layer(name, List.of(), mayUse);
    }

    private static Layer layer(String name, List<String> own, String... mayUse) {
        return new Layer(
                ROOT + name, Stream.concat(own.stream(), Stream.of(mayUse)).toList());
    }

    private static List<String> own(String... names) {
        return Stream.of(names).map(ROOT::concat).toList();
    }

    /** The patterns of all packages that a class of this layer may depend on. */
    String[] permitted() {
        return Stream.concat(Stream.of(name, "java..", "javax..", "org.jspecify.annotations"), mayUse.stream())
                .toArray(String[]::new);
    }

    @Override
    public String toString() {
        return name;
    }
}
