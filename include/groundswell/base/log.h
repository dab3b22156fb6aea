/* log.h -- one line an event on standard error: time, level, room, words. Never a name, token,
 * code, or an amount with a person. Lines are `2026-11-21T21:16:41.123Z info  store: connected`;
 * control bytes are escaped. */
#ifndef GROUNDSWELL_BASE_LOG_H
#define GROUNDSWELL_BASE_LOG_H

#include "groundswell/base/fault.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

void log_level_set(enum log_level least);
void log_at(enum log_level level, const char *room, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_debug(room, ...) log_at(LOG_DEBUG, room, __VA_ARGS__)
#define log_info(room, ...) log_at(LOG_INFO, room, __VA_ARGS__)
#define log_warn(room, ...) log_at(LOG_WARN, room, __VA_ARGS__)
#define log_error(room, ...) log_at(LOG_ERROR, room, __VA_ARGS__)

#endif
