package dev.millrace.http;

/** A header of an answer. Its value is the hub's own, never what a client sent. */
public record Header(String name, String value) {
    public Header {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
                throw new IllegalArgumentException("the value of " + name + " must be printable ASCII");
            }
        }
    }
}
