package dev.millrace.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How much is read from a connection at a time: little at first, more from peers who send much.
 *
 * <p>It does what Netty's adaptive allocator does, in a quarter of its memory; each stream pays for that as long as it is open.
 */
final class ReadSizes implements RecvByteBufAllocator {
    private static final int LEAST = 2 * 1024;
    private static final int MOST = 64 * 1024;
    private static final int STEP = 4;
    private static final int MAX_READS = 16; // before other connections have their turn

    @Override
    @SuppressWarnings("deprecation") // the interface still says so
    public Handle newHandle() {
        return new Size();
    }

    private static final class Size implements ExtendedHandle {
        private @Nullable ChannelConfig config;
        private int next = LEAST;
        private int attempted;
        private int last;
        private int total;
        private int reads;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return allocator.ioBuffer(next);
        }

        @Override
        public int guess() {
            return next;
        }

        @Override
        public void reset(ChannelConfig now) {
            config = now;
            reads = 0;
            total = 0;
        }

        @Override
        public void incMessagesRead(int count) {
            reads += count;
        }

        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
            total += Math.max(0, bytes);
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return mayContinue() && attempted == last;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return mayContinue() && maybeMore.get();
        }

        private boolean mayContinue() {
            return config != null && config.isAutoRead() && reads < MAX_READS && last > 0;
        }

        @Override
        public void readComplete() {
            if (total >= next) {
                next = Math.min(MOST, STEP * next);
            } else if (total < next / STEP) {
                next = Math.max(LEAST, next / STEP);
            }
        }
    }
}
