/* port.h -- keeping an address for the workers, who share it by SO_REUSEPORT. */
#ifndef GROUNDSWELL_MAIN_PORT_H
#define GROUNDSWELL_MAIN_PORT_H

#include "groundswell/base/buf.h"
#include "groundswell/base/fault.h"

/* Binds the address without listening and appends it to ret, with the port that the system chose
 * where it named port 0. The socket holds the port until this process ends, so that workers may
 * come and go. FAULT_BUSY: somebody serves there, however politely they would share it; logged,
 * as every fault. */
enum fault port_hold(const char *address, struct buf *ret, int *ret_socket) MUST_CHECK;

#endif
