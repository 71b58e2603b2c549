package dev.millrace.spring;

import dev.millrace.hub.Bookmarks;
import dev.millrace.hub.Presence;
import dev.millrace.log.EventLog;
import dev.millrace.log.MemoryLog;
import dev.millrace.redis.RedisNode;
import dev.millrace.redis.RedisSettings;
import dev.millrace.sqlite.SqliteLog;
import dev.millrace.sqlite.SqliteSettings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Where events are kept; the first that applies, and none where the application has a log of its own. */
final class LogConfiguration {
    private LogConfiguration() {}

    /** History on a Redis, which joins this node with others. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("millrace.redis-url")
    @ConditionalOnClass(RedisNode.class)
    @ConditionalOnMissingBean(EventLog.class)
    static class OnRedis {
        @Bean(destroyMethod = "")
        RedisNode millraceNode(MillraceProperties properties, ObjectProvider<Clock> clock) {
            return RedisNode.start(RedisSettings.of(Objects.requireNonNull(properties.redisUrl()))
                    .retention(properties.retention())
                    .clock(clock.getIfUnique(Clock::systemUTC)));
        }

        @Bean(destroyMethod = "")
        EventLog millraceLog(RedisNode node) {
            return node.log();
        }

        @Bean(destroyMethod = "")
        @ConditionalOnMissingBean
        Bookmarks millraceBookmarks(RedisNode node) {
            return node.bookmarks();
        }

        @Bean(destroyMethod = "")
        @ConditionalOnMissingBean
        Presence millracePresence(RedisNode node) {
            return node.presence();
        }

        @Bean
        @ConditionalOnMissingBean
        HubTrouble millraceTrouble(RedisNode node) {
            return node::trouble;
        }
    }

    /** History on disk. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty("millrace.data-dir")
    @ConditionalOnClass(SqliteLog.class)
    @ConditionalOnMissingBean(EventLog.class)
    static class OnDisk {
        @Bean(destroyMethod = "")
        SqliteLog millraceLog(MillraceProperties properties, ObjectProvider<Clock> clock) {
            Path folder = Objects.requireNonNull(properties.dataDir());
            SqliteSettings settings = new SqliteSettings(properties.retention(), SqliteSettings.STANDARD_DISK_BYTES);
            return SqliteLog.open(folder, settings, clock.getIfUnique(Clock::systemUTC));
        }

        @Bean(destroyMethod = "")
        @ConditionalOnMissingBean
        Bookmarks millraceBookmarks(SqliteLog log) {
            return log.bookmarks();
        }
    }

    /** History in memory. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(EventLog.class)
    static class InMemory {
        @Bean(destroyMethod = "")
        EventLog millraceLog(MillraceProperties properties, ObjectProvider<Clock> clock) {
            if (properties.redisUrl() != null || properties.dataDir() != null) {
                throw new IllegalStateException(
                        properties.redisUrl() != null
                                ? "millrace.redis-url is set: add the dependency dev.millrace:millrace-redis"
                                : "millrace.data-dir is set: add the dependency dev.millrace:millrace-sqlite");
            }
            return new MemoryLog(properties.retention(), clock.getIfUnique(Clock::systemUTC));
        }
    }
}
