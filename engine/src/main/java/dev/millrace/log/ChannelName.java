package dev.millrace.log;

/**
 * A valid channel name: 1 to 200 characters (code points) out of letters and digits of any script and
 * {@code _ - . : / @ ~ = +}.
 *
 * <p>Names that begin with {@code $} are the hub's own and exist only as the constants here.
 */
public record ChannelName(String value) implements Comparable<ChannelName> {
    /** The most characters (code points) of a name. */
    public static final int MAX_LENGTH = 200;

    /** The channel of the broadcasts: every stream carries it. */
    public static final ChannelName ALL = new ChannelName("$all");

    /** The channel of the hub's own figures. */
    public static final ChannelName SYSTEM = new ChannelName("$system");

    /** The channel on which the hubs of one log speak with each other; nobody listens to it. */
    public static final ChannelName CONTROL = new ChannelName("$control");

    private static final String PUNCTUATION = "_-.:/@~=+";

    public ChannelName {
        if (!value.equals("$all") && !value.equals("$system") && !value.equals("$control")) {
            requireValid(value);
        }
    }

    /**
     * The name that a publisher or listener gave.
     *
     * @throws IllegalArgumentException if it breaks the rule, or is one of the hub's own
     */
    public static ChannelName of(String value) {
        requireValid(value);
        return new ChannelName(value);
    }

    /** Whether a list of the names with this prefix shows it: the hub's own only to those who name it. */
    public boolean isListed(String prefix) {
        return !isReserved() || value.equals(prefix);
    }

    /** Whether it is one of the hub's own names. */
    public boolean isReserved() {
        return value.charAt(0) == '$';
    }

    static void requireValid(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("channel must not be empty");
        }
        if (value.length() > MAX_LENGTH && value.codePointCount(0, value.length()) > MAX_LENGTH) {
            throw new IllegalArgumentException("channel must be at most " + MAX_LENGTH + " characters long");
        }
        if (value.charAt(0) == '$') {
            throw new IllegalArgumentException("channel must not begin with $: such names are the hub's own");
        }
        for (int i = 0; i < value.length(); ) {
            int c = value.codePointAt(i);
            if (!isAllowed(c)) {
                throw new IllegalArgumentException(String.format(
                        "channel may hold letters, digits and %s only, not the character U+%04X at %d",
                        PUNCTUATION, c, i));
            }
            i += Character.charCount(c);
        }
    }

    private static boolean isAllowed(int c) {
        if (c < 128) {
            return (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || PUNCTUATION.indexOf(c) >= 0;
        }
        return Character.isLetterOrDigit(c);
    }

    @Override
    public int compareTo(ChannelName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
