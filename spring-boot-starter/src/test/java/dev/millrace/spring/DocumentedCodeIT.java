package dev.millrace.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.jdbc.core.JdbcTemplate;

/** The page's code on streams, security and the outbox: taken from there, compiled, and run together as one application. */
class DocumentedCodeIT {
    private static final Pattern TYPE = Pattern.compile("^(?:public )?(?:class|record) (\\w+)", Pattern.MULTILINE);

    @TempDir
    Path folder;

    @EnableAutoConfiguration
    static class App {}

    @Test
    void thePagesCodeDoesWhatThePageSays() throws Exception {
        String[] user = {
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString("anna:secret".getBytes(StandardCharsets.UTF_8))
        };
        try (URLClassLoader loader = compiled();
                ConfigurableApplicationContext context = start(loader)) {
            int port = TestApp.port(context);
            context.getBean(JdbcTemplate.class)
                    .execute("CREATE TABLE orders (id INT PRIMARY KEY, state VARCHAR(20));"
                            + "INSERT INTO orders VALUES (7, 'ordered')");
            assertThat(new Http(port).get("/orders/7/live").statusCode()).isEqualTo(401);
            try (TestStream stream = TestStream.open(port, "/orders/7/live", user)) {
                stream.next("connected");
                ship(context, loader, 7);
                assertThat(stream.next("status").data()).isEqualTo("shipped");
                assertThat(new Http(port)
                                .post("/millrace/events/orders/7", "over HTTP", user)
                                .statusCode())
                        .isEqualTo(200);
                assertThat(stream.next().data()).isEqualTo("over HTTP");
            }
            assertThat(new Http(port).get("/millrace/events/staff/room", user).statusCode())
                    .isEqualTo(403);
        }
    }

    private static void ship(ConfigurableApplicationContext context, ClassLoader loader, int id) throws Exception {
        Object shipping = context.getBean(loader.loadClass("com.example.Shipping"));
        var method = shipping.getClass().getMethod("ship", int.class);
        method.setAccessible(true);
        method.invoke(shipping, id);
    }

    private static ConfigurableApplicationContext start(ClassLoader loader) throws ClassNotFoundException {
        Thread.currentThread().setContextClassLoader(loader);
        Class<?>[] sources = {
            App.class,
            loader.loadClass("com.example.OrderStreams"),
            loader.loadClass("com.example.Security"),
            loader.loadClass("com.example.Shipping")
        };
        return new SpringApplication(new DefaultResourceLoader(loader), sources)
                .run(
                        "--server.port=0",
                        "--spring.main.banner-mode=off",
                        "--logging.level.root=warn",
                        "--millrace.outbox.enabled=true",
                        "--spring.security.user.name=anna",
                        "--spring.security.user.password=secret",
                        "--spring.security.user.roles=" + AccessPolicy.PUBLISHER);
    }

    private URLClassLoader compiled() throws Exception {
        List<String> files = Page.read().code();
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        for (String file : files) {
            Matcher type = TYPE.matcher(file);
            assertThat(type.find()).isTrue();
            Path source = Files.writeString(folder.resolve(type.group(1) + ".java"), file);
            int status = ToolProvider.getSystemJavaCompiler()
                    .run(
                            null,
                            messages,
                            messages,
                            "-parameters",
                            "-cp",
                            classPath,
                            "-d",
                            folder.toString(),
                            source + "");
            assertThat(status)
                    .as(() -> messages.toString(StandardCharsets.UTF_8))
                    .isZero();
        }
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }
}
