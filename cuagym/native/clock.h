/* Application time: the page that every process of a desktop and its controller share.
 *
 * Inside, clock.c (preloaded into every process) reads `now` instead of the machine's clocks and publishes in a
 * slot the deadline of every wait that has one. Outside, controller.c moves `now` and ends such waits, one by
 * one, whenever the kernel says that the whole desktop sleeps. docs/architecture.md explains the mechanism. */
#ifndef CUAGYM_CLOCK_H
#define CUAGYM_CLOCK_H
#include <stdint.h>

#define CG_PAGE_PATH "/run/cuagym/clock"
#define CG_MAGIC 0x43554731u /* "CUG1": the page has been filled in by a controller */
#define CG_SLOTS 2048        /* one per thread that ever waits with a deadline; more than a desktop may have threads */
#define CG_PROCS 128         /* hints only: processes past this number are merely not hinted */
#define CG_MARKS 1024        /* steps whose real beginnings are remembered, for the times of files */
#define CG_NEVER INT64_MAX
#define CG_SECOND 1000000000LL
#define CG_MONOTONIC_ZERO (1000 * CG_SECOND)           /* what CLOCK_MONOTONIC says at application time 0 */
#define CG_REALTIME_ZERO (1767603600LL * CG_SECOND)    /* 2026-01-05 09:00:00 UTC, a Monday */
#define CG_TURN 1    /* SCHED_FIFO's priority of a desktop's threads */
#define CG_SIGNAL 62 /* ends a wait; sent only to a thread that sleeps in one. SIGRTMAX - 2 */

struct cg_slot {
  int32_t tid;      /* as the desktop's pid namespace counts; 0: free */
  uint32_t fired;   /* the controller ended this wait because its deadline has come */
  int64_t deadline; /* application time, ns; CG_NEVER: no timed wait */
};
struct cg_proc {
  int32_t pid;
  uint32_t busy; /* hint: the main thread is between two waits */
};
struct cg_mark {
  int64_t real; /* CLOCK_REALTIME_COARSE when a grant began */
  int64_t now;  /* application time then */
};
struct cg_page {
  uint32_t magic;
  uint32_t marks;   /* marks written so far; the newest is mark[(marks - 1) % CG_MARKS] */
  int64_t now;      /* application time, ns since the desktop began */
  uint32_t used;    /* slots in use lie below this index */
  uint32_t event;   /* hint: counts waits begun by main threads */
  uint32_t waiting; /* hint: the controller sleeps on `event` */
  uint32_t adopting; /* some process adopts orphans (PR_SET_CHILD_SUBREAPER) */
  uint32_t spins;   /* statistics: naps forced on programs that spin on the clock */
  struct cg_proc proc[CG_PROCS];
  struct cg_mark mark[CG_MARKS];
  struct cg_slot slot[CG_SLOTS];
};
#endif
