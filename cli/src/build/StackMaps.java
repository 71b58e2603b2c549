import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the classes of a jar that were compiled for Java 5, which are those of picocli, as classes of Java 8: with the stack maps
 * by which Java verifies what it puts into an archive of classes. It leaves out what has none, and all that stands on it.
 *
 * <pre>java StackMaps.java JAR      needs Java 24 or newer</pre>
 */
final class StackMaps {
    private static final int FIRST_WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;

    public static void main(String[] arguments) throws IOException {
        Path jar = Path.of(arguments[0]);
        try (FileSystem inside = FileSystems.newFileSystem(jar);
                URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
                Stream<Path> files = Files.walk(inside.getPath("/"))) {
            ClassFile format = ClassFile.of(
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)
                            .orElse(ClassHierarchyResolver.defaultResolver())));
            List<Path> classes =
                    files.filter(file -> file.toString().endsWith(".class")).toList();
            classes.forEach(file -> renew(format, file));
        }
    }

    private static void renew(ClassFile format, Path file) {
        try {
            byte[] old = Files.readAllBytes(file);
            int version = (old[6] & 0xff) << 8 | old[7] & 0xff;
            if (version < FIRST_WITH_STACK_MAPS) {
                FileTime time = Files.getLastModifiedTime(file); // so that two builds give the same bytes
                Files.write(file, renewed(format, old));
                Files.setLastModifiedTime(file, time);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] renewed(ClassFile format, byte[] old) {
        return format.transformClass(
                format.parse(old),
                ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL).andThen((builder, element) -> {
                    if (element instanceof ClassFileVersion) {
                        builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                    } else {
                        builder.with(element);
                    }
                }));
    }
}
