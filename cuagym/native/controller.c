/* Application time, outside: decides when a desktop sleeps and moves its clock; runs the program of a step.
 *
 * A desktop sleeps when every thread of every process below the sandbox's first one is off the run queue in an
 * interruptible sleep, and none of them used the CPU while we looked. The kernel makes a sleeper runnable inside the
 * system call that wakes it, so no message in flight can be missed. (Where the kernel tells who runs, switches.h, few need
 * to be looked at for that.) Only then is the clock moved, to the earliest published deadline, and that one wait ended;
 * then the desktop is left to fall asleep again. When no deadline is left within the grant, the desktop is settled.
 *
 * Everything in the shared page may have been written by a hostile program: it can only harm its own desktop. Signals
 * go to threads of our own list alone.
 *
 * One thread per desktop, asleep between programs, holds no lock of the caller's language. */
#define _GNU_SOURCE
#include "clock.h"
#include "switches.h"
#include "tally.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define load(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v) __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define API __attribute__((visibility("default")))

/* ---- what Python sees (ctypes mirrors these in desktop/clock.py) ---- */

struct cg_op {       /* write some bytes to the X server, then grant application time */
  uint32_t offset, length; /* into the program's bytes; length 0: nothing to write */
  int64_t grant;     /* ns */
};
enum { CG_SETTLED = 1, CG_UNSETTLED = 0, CG_GONE = -1, CG_DISPLAY = -2 };
struct cg_report {
  int32_t status;        /* CG_* */
  int32_t busy_pid;      /* UNSETTLED: a process that kept running, as the host counts; else 0 */
  int32_t busy_state;    /* UNSETTLED: its state letter: 'R', 'D', 'T' (stopped) ... */
  int32_t threads;       /* of the desktop, when last listed */
  int64_t now;           /* application time, ns */
  uint64_t scans, fires, waits; /* looks at each thread, waits ended, sleeps between looks */
  int64_t real_ns, cpu_ns;      /* what the program took, and what of it was our own CPU */
  uint64_t spins;        /* naps forced on spinning programs since the desktop began */
};

/* ---- the desktop as the kernel lists it ---- */

struct process {
  int pid;
  int task;    /* descriptor of /proc/PID/task, open while a program runs; -1: not yet */
  int first;   /* its threads are thread[first] ... */
  int threads;
  int parent;  /* below which it was found */
  int64_t cpu; /* of all its threads, when it was listed */
  int64_t seen; /* the same, when it was last looked whether one of them still runs */
  int fresh;   /* it has run since its threads were last seen asleep */
};
struct thread {
  int tid, pid, inside;       /* inside: the tid in the desktop's own pid namespace */
  int wchan, stat, children;  /* descriptors, open while a program runs; -1: not yet */
  int runs;                   /* it was seen on the run queue in this program: likely to be so again */
};
struct desk {
  struct cg_page *page;
  int root, x, done; /* the sandbox's first process, the X connection, an eventfd */
  int stamped;       /* a file in memory, written to tell the moment; -1: none */
  int display;       /* the X server's pid inside; 0: not known yet */
  int ordered;       /* its threads run in the order in which they were woken, before everybody else (SCHED_FIFO) */
  int cpu;           /* where our own thread is to go; -1: it stays where it is */
  struct process *process, *old_process;
  struct thread *thread, *old_thread;
  int processes, threads, process_room, thread_room, old_process_room, old_thread_room;
  struct tally tally;
  struct watch watch;
  int64_t sleeping; /* of the tally, when all slept; -1: not known */
  int64_t spun;     /* real ns of this program until those fell asleep that were forced to */
  int listed, hot; /* hot: the thread that was last seen running; -1: none */
  struct cg_report report;
  FILE *log; /* where every ended wait is written, for who traces a frame that differs; else NULL */
  /* the job */
  pthread_t worker;
  pthread_mutex_t lock;
  pthread_cond_t more;
  struct cg_op *ops;
  unsigned char *bytes;
  int count, state; /* 0 idle, 1 posted or running, 2 done, 3 quit */
  double cap;
};

static int64_t clock_ns(clockid_t c) {
  struct timespec t;
  clock_gettime(c, &t);
  return t.tv_sec * CG_SECOND + t.tv_nsec;
}
static int64_t cpu_of(int pid) { /* CPU time of all threads of a process, exact to the ns; -1: gone */
  struct timespec t;
  clockid_t c = (clockid_t)((~(unsigned)pid << 3) | 2);
  return clock_gettime(c, &t) ? -1 : t.tv_sec * CG_SECOND + t.tv_nsec;
}
static int slurp(int fd, char *b, int room) {
  ssize_t n = pread(fd, b, (size_t)room - 1, 0);
  if (n < 0) n = 0;
  b[n] = 0;
  return (int)n;
}
static int inside_tid(int pid, int tid) { /* the last number of the NSpid line */
  char path[64], b[4096], *p;
  snprintf(path, sizeof path, "/proc/%d/task/%d/status", pid, tid);
  int fd = open(path, O_RDONLY | O_CLOEXEC), last = 0;
  if (fd < 0) return 0;
  slurp(fd, b, sizeof b);
  close(fd);
  if (!(p = strstr(b, "\nNSpid:"))) return 0;
  for (p += 7; *p && *p != '\n'; p++)
    if (*p >= '0' && *p <= '9') last = (int)strtol(p, &p, 10), p--;
  return last;
}
static void drop(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}
static void drop_files(struct thread *t) {
  drop(&t->wchan);
  drop(&t->stat);
  drop(&t->children);
}
static void drop_all_files(struct desk *d) {
  for (int i = 0; i < d->threads; i++) drop_files(&d->thread[i]);
  for (int i = 0; i < d->processes; i++) drop(&d->process[i].task);
}
static int read_file(struct thread *t, int *fd, const char *name, char *b, int room) {
  if (*fd < 0) {
    char path[80];
    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", t->pid, t->tid, name);
    if ((*fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) return 0;
  }
  return slurp(*fd, b, room);
}
static void bury(struct desk *d, int inside) { /* a thread that died while it waited must not hold time for ever */
  uint32_t used = load(&d->page->used);
  for (uint32_t i = 0; inside && i < used && i < CG_SLOTS; i++)
    if (load(&d->page->slot[i].tid) == inside) {
      store(&d->page->slot[i].deadline, CG_NEVER);
      store(&d->page->slot[i].tid, 0);
    }
  for (int i = 0; inside && i < CG_PROCS; i++)
    if (load(&d->page->proc[i].pid) == inside) {
      store(&d->page->proc[i].busy, 0);
      store(&d->page->proc[i].pid, 0);
    }
}

enum { MANY = 16 }; /* threads that cost more to look at one by one than to have counted */

#define SWAP(a, b)          \
  do {                      \
    __typeof__(a) t_ = (a); \
    (a) = (b);              \
    (b) = t_;               \
  } while (0)
#define GROW(array, count, room)                                                    \
  if ((count) == (room)) {                                                          \
    (room) = (room) ? 2 * (room) : 32;                                              \
    void *p_ = realloc(array, (size_t)(room) * sizeof *(array));                    \
    if (!p_) abort();                                                               \
    (array) = p_;                                                                   \
  }

/* The next process of the new list: as it was listed before if it has not run since, else to be looked at. */
static void add_process(struct desk *d, int pid, int parent, int olds) {
  struct process p = {.pid = pid, .task = -1, .parent = parent, .first = d->threads, .fresh = 1};
  int64_t cpu = cpu_of(pid); /* before its threads are read: what happens later shows */
  if (cpu < 0 && parent) return; /* gone, and reaped */
  GROW(d->process, d->processes, d->process_room);
  for (int i = 0; i < olds; i++) {
    struct process *old = &d->old_process[i];
    if (old->pid != pid) continue;
    p = *old;
    p.fresh |= cpu != old->cpu;
    old->pid = 0;
    break;
  }
  p.cpu = cpu;
  p.parent = parent;
  d->process[d->processes++] = p;
}
static void add_thread(struct desk *d, int pid, int tid, const struct process *before) {
  struct thread t = {tid, pid, 0, -1, -1, -1, 1};
  for (int i = 0; i < before->threads; i++) {
    struct thread *old = &d->old_thread[before->first + i];
    if (old->tid != tid) continue;
    t = *old;
    old->tid = 0;
    break;
  }
  if (!t.inside) t.inside = inside_tid(pid, tid);
  GROW(d->thread, d->threads, d->thread_room);
  d->thread[d->threads++] = t;
}
static void list_threads(struct desk *d, struct process *p) {
  struct process before = *p;
  char b[4096];
  long n;
  p->first = d->threads;
  if (!p->fresh) { /* nobody was born or died: that is the work of one that runs */
    for (int i = 0; i < before.threads; i++) add_thread(d, p->pid, d->old_thread[before.first + i].tid, &before);
  } else {
    if (p->task < 0) {
      snprintf(b, sizeof b, "/proc/%d/task", p->pid);
      p->task = open(b, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (p->task >= 0) lseek(p->task, 0, SEEK_SET);
    while (p->task >= 0 && (n = syscall(SYS_getdents64, p->task, b, sizeof b)) > 0)
      for (char *e = b; e < b + n; e += *(unsigned short *)(e + 16)) /* struct linux_dirent64 */
        if (e[19] != '.') add_thread(d, p->pid, atoi(e + 19), &before);
  }
  p->threads = d->threads - p->first;
}
/* Lists every process below the first one, and its threads. What has not run since the last time is not read again,
 * but for the children of the first process, to which orphans are given, and of all where others may adopt them. */
static void list(struct desk *d) {
  int old_processes = d->processes, old_threads = d->threads, adopting = (int)load(&d->page->adopting);
  SWAP(d->process, d->old_process);
  SWAP(d->thread, d->old_thread);
  SWAP(d->process_room, d->old_process_room);
  SWAP(d->thread_room, d->old_thread_room);
  d->processes = d->threads = 0;
  add_process(d, d->root, 0, old_processes);
  for (int i = 0; i < d->processes; i++) {
    struct process p = d->process[i];
    int reread = p.fresh || i == 0 || adopting;
    list_threads(d, &p);
    d->process[i] = p;
    if (!reread) { /* the same children as before, dead ones too: who reaps has run */
      for (int k = 0; k < old_processes; k++)
        if (d->old_process[k].pid && d->old_process[k].parent == p.pid) add_process(d, d->old_process[k].pid, p.pid, old_processes);
      continue;
    }
    for (int k = p.first; k < p.first + p.threads; k++) {
      char b[4096], *at = b, *end;
      if (read_file(&d->thread[k], &d->thread[k].children, "children", b, sizeof b) <= 0) continue;
      for (int child; (child = (int)strtol(at, &end, 10)) > 0 && end != at; at = end) add_process(d, child, p.pid, old_processes);
    }
  }
  for (int k = 0; k < old_processes; k++)
    if (d->old_process[k].pid) drop(&d->old_process[k].task);
  for (int k = 0; k < old_threads; k++)
    if (d->old_thread[k].tid) {
      drop_files(&d->old_thread[k]);
      bury(d, d->old_thread[k].inside);
    }
  if (d->watch.ring) {
    watch_nobody(&d->watch, d->threads);
    for (int i = 0; i < d->threads; i++) watch_add(&d->watch, d->thread[i].tid, i);
  }
  d->listed = 1;
  d->hot = -1;
}

/* Where threads wait for each other, for input and for time: the kernel sleeps there interruptibly and nowhere else.
 * (Linux 5.x, 6.x; compilers append ".constprop.0". A name that is not here costs a look at the state.) */
static int interruptible(const char *wchan) {
  static const char *const known[] = {"poll_schedule_timeout", "futex_do_wait", "futex_wait_queue", "futex_wait_queue_me",
                                      "do_epoll_wait", "ep_poll", "do_wait", NULL};
  size_t n = strcspn(wchan, ".\n");
  for (const char *const *k = known; *k; k++)
    if (strlen(*k) == n && !strncmp(wchan, *k, n)) return 1;
  return 0;
}
enum { GONE = -1, ON_QUEUE = 0, OFF_QUEUE = 1, ASLEEP = 2 };
/* wchan is "0" for a thread that runs, waits for a CPU, or was preempted on its way to sleep. */
static int look_at(struct thread *t) {
  char b[64];
  int n = read_file(t, &t->wchan, "wchan", b, sizeof b);
  if (n <= 0) return GONE;
  if (b[0] == '0' && (n == 1 || b[1] == '\n')) return ON_QUEUE;
  return interruptible(b) ? ASLEEP : OFF_QUEUE;
}
static int state_of(struct thread *t) { /* the letter, 0: gone */
  char b[512], *p;
  if (read_file(t, &t->stat, "stat", b, sizeof b) <= 0 || !(p = strrchr(b, ')')) || !p[1]) return 0;
  return p[2];
}

static int runs(struct thread *t) { /* the dead have no wchan either */
  if (look_at(t) != ON_QUEUE) return 0;
  int s = state_of(t);
  return s && s != 'Z' && s != 'X';
}

/* Does one of those run that often do, in a process that has used the CPU since it was last asked? Most looks come too
 * early; this one is cheap, where a whole one of a browser's hundred threads costs 0.3 ms. It only ever says "not yet". */
static int one_runs(struct desk *d) {
  for (int i = 0; d->listed && i < d->processes; i++) {
    struct process *p = &d->process[i];
    int64_t cpu = cpu_of(p->pid);
    if (cpu == p->seen) continue;
    p->seen = cpu;
    for (int k = p->first; k < p->first + p->threads; k++)
      if (d->thread[k].runs && runs(&d->thread[k])) {
        d->hot = k;
        return 1;
      }
  }
  return 0;
}

/* Are all threads of a process asleep? */
static int all_sleep(struct desk *d, struct process *p) {
  for (int k = p->first; k < p->first + p->threads; k++) {
    int seen = look_at(&d->thread[k]);
    if (seen == ASLEEP || (seen == OFF_QUEUE && !p->fresh)) continue;
    int s = state_of(&d->thread[k]);
    if (s == 'Z' || s == 'X') { /* its parent will hear of it when it runs; its waits are over */
      bury(d, d->thread[k].inside);
      continue;
    }
    if (seen == OFF_QUEUE && s == 'S') continue;
    if (s) {
      d->hot = k;
      d->thread[k].runs = 1;
    } else d->listed = 0; /* gone since */
    return 0;
  }
  return 1;
}
/* Is nobody in the run queue, in a wait for the disk, or stopped? Not all who are asleep are counted as sleeping (since
 * Linux 6.1 not those in futexes), nor is one that another CPU is just waking: whoever we woke must be looked at. */
static int nobody_waits(struct desk *d, uint64_t *sleeping) {
  uint64_t others;
  return tally_count(&d->tally, sleeping, &others) ? !others : -1;
}

/* Is every thread asleep, all at one moment? A thread seen asleep whose process has used no CPU since can only have
 * been woken, which wchan tells, and so does one count of the whole group; for the others the state counts too, since
 * disk waits and stopped threads have a wchan. */
static int seen_asleep(struct desk *d) {
  if (d->hot >= 0 && runs(&d->thread[d->hot])) return 0;
  if (one_runs(d)) return 0;
  d->report.scans++;
  int stale = !d->listed, fresh = 0;
  uint64_t sleeping;
  for (int i = 0; i < d->processes && !stale; i++) stale = cpu_of(d->process[i].pid) != d->process[i].cpu;
  if (stale) list(d);
  d->hot = -1;
  for (int i = 0; i < d->processes; i++) {
    if (!d->process[i].fresh) continue;
    fresh += d->process[i].threads;
    if (!all_sleep(d, &d->process[i])) return 0;
  }
  int waits = d->threads - fresh < MANY ? -1 : nobody_waits(d, &sleeping);
  if (!waits) return 0;
  for (int i = 0; waits < 0 && i < d->processes; i++)
    if (!d->process[i].fresh && !all_sleep(d, &d->process[i])) return 0;
  for (int i = 0; i < d->processes; i++)
    if (cpu_of(d->process[i].pid) != d->process[i].cpu) return 0;
  for (int i = 0; i < d->processes; i++) d->process[i].fresh = 0;
  return 1;
}

/* The same question, answered by what the kernel tells of the CPU: 1 or 0; -1 if that does not tell. Nobody of ours has
 * the CPU or was made to leave it; who has run since all slept sleeps; of the others nobody was woken; and nobody was
 * given the CPU while we looked, so that nobody was woken by one of ours meanwhile either. */
static int told_asleep(struct desk *d) {
  struct watch *w = &d->watch;
  uint64_t sleeping;
  watch_read(w);
  if (w->running) return 0;
  if (w->stale) return -1;
  if (w->preemptions) return 0;
  uint64_t turns = w->turns;
  for (int i = 0; i < w->rans; i++) {
    struct thread *t = &d->thread[w->ran[i]];
    int seen = look_at(t), s = seen == ASLEEP ? 'S' : seen == ON_QUEUE ? 'R' : state_of(t);
    if (s == 'S') continue;
    d->hot = w->ran[i];
    return s && s != 'Z' && s != 'X' ? 0 : -1;
  }
  int waits = nobody_waits(d, &sleeping);
  if (waits < 0) return -1;
  watch_read(w);
  if (!waits || w->turns != turns) return 0;
  if (w->stale) return -1;
  watch_all_slept(w);
  d->sleeping = (int64_t)sleeping;
  return 1;
}
/* Is all as it was when the last program ended? Somebody may have been woken since: by a request to a helper, say, and
 * nobody waits for those in a futex, so that the number of those who are counted as sleeping would tell. */
static int still_asleep(struct desk *d) {
  struct watch *w = &d->watch;
  uint64_t sleeping, turns = w->turns;
  watch_read(w);
  return d->sleeping >= 0 && !w->stale && w->turns == turns && nobody_waits(d, &sleeping) == 1 && (int64_t)sleeping == d->sleeping;
}
static int asleep(struct desk *d, int look) {
  struct watch *w = &d->watch;
  if (!w->ring) return seen_asleep(d);
  int told = look ? -1 : told_asleep(d);
  if (told >= 0) return told;
  watch_afresh(w);
  int seen = seen_asleep(d);
  if (seen) watch_all_slept(w);
  w->stale |= !seen;
  d->sleeping = -1;
  return seen;
}
/* This one is being woken by us. Until it has been, only a look at itself tells. */
static void wakes(struct desk *d, struct thread *t) {
  for (int i = 0; i < d->processes; i++)
    if (d->process[i].pid == t->pid) d->process[i].fresh = 1;
  if (d->watch.ring) watch_ran(&d->watch, t->tid);
}

static int hinted_busy(struct cg_page *p) {
  for (int i = 0; i < CG_PROCS; i++)
    if (load(&p->proc[i].pid) && load(&p->proc[i].busy)) return 1;
  return 0;
}
static void forget_hints(struct cg_page *p) { /* of main threads that sleep in waits of other kinds, waitpid() say */
  for (int i = 0; i < CG_PROCS; i++) store(&p->proc[i].busy, 0);
}
static void expect(struct cg_page *p, int inside) { /* this main thread is about to be woken: no need to look before it is done */
  for (int i = 0; inside && i < CG_PROCS; i++)
    if (load(&p->proc[i].pid) == inside) store(&p->proc[i].busy, 1);
}
static int root_lives(struct desk *d) { return cpu_of(d->root) >= 0; }

/* Waits until the desktop sleeps: 1; 0 when `until` (CLOCK_MONOTONIC ns) came first; -1 when it is gone. */
static int drain(struct desk *d, int64_t until) {
  struct cg_page *p = d->page;
  for (int missed = 0;;) {
    uint32_t event = load(&p->event);
    store(&p->waiting, 1);
    int busy = hinted_busy(p);
    if (!busy || missed || d->watch.ring) { /* with a ring a look costs less than a wait */
      if (asleep(d, 0)) {
        store(&p->waiting, 0);
        if (busy) forget_hints(p);
        return 1;
      }
      if (!root_lives(d)) return CG_GONE;
    }
    if (clock_ns(CLOCK_MONOTONIC) > until) {
      store(&p->waiting, 0);
      if (!root_lives(d)) return CG_GONE;
      return asleep(d, 1); /* which finds who does not */
    }
    /* Hinted busy: sleep until a main thread begins a wait, or look all the same after a while. A look that failed
     * although nobody is hinted busy: somebody was woken and has not run yet, or works without hints. */
    struct timespec t = {0, busy ? 1000000 : 30000};
    d->report.waits++;
    long r = syscall(SYS_futex, &p->event, FUTEX_WAIT, event, &t, NULL, 0);
    missed = r < 0 && errno == ETIMEDOUT;
  }
}

static struct thread *by_inside(struct desk *d, int inside) {
  for (int i = 0; i < d->threads; i++)
    if (d->thread[i].inside == inside) return &d->thread[i];
  return NULL;
}
/* The next wait to end: earliest deadline, then oldest thread; those of dead threads are buried. */
static int next_slot(struct desk *d, int64_t *when) {
  struct cg_page *p = d->page;
  int best = -1, best_tid = 0;
  int64_t earliest = CG_NEVER;
  uint32_t used = load(&p->used);
  for (uint32_t i = 0; i < used && i < CG_SLOTS; i++) {
    int tid = load(&p->slot[i].tid);
    int64_t t = load(&p->slot[i].deadline);
    if (!tid || t == CG_NEVER || t > earliest || (t == earliest && tid > best_tid)) continue;
    if (!by_inside(d, tid)) {
      bury(d, tid);
      continue;
    }
    best = (int)i;
    best_tid = tid;
    earliest = t;
  }
  *when = earliest;
  return best;
}
static void fire(struct desk *d, int i) {
  struct cg_slot *s = &d->page->slot[i];
  struct thread *t = by_inside(d, load(&s->tid));
  store(&s->fired, 1);
  d->report.fires++;
  if (d->log && t) {
    char path[64], name[32] = "";
    snprintf(path, sizeof path, "/proc/%d/task/%d/comm", t->pid, t->tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
      slurp(fd, name, sizeof name);
      close(fd);
    }
    fprintf(d->log, "%lld %d %s%s", (long long)load(&d->page->now), t->inside, name, *name ? "" : "\n");
  }
  if (t) {
    expect(d->page, t->inside);
    wakes(d, t);
  }
  if (!t || syscall(SYS_tgkill, t->pid, t->tid, CG_SIGNAL)) bury(d, load(&s->tid));
}

/* Grants `ns` of application time. `cap` is real time, ns, for each fall asleep, and for all together that were forced: who
 * spins and looks at the clock now and then sleeps often and would never come to an end. */
static int grant(struct desk *d, int64_t ns, int64_t cap) {
  struct cg_page *p = d->page;
  int64_t limit = load(&p->now) + ns;
  for (;;) {
    int64_t when, begun = clock_ns(CLOCK_MONOTONIC);
    uint32_t spins = load(&p->spins);
    int k = drain(d, begun + cap - d->spun);
    if (load(&p->spins) != spins) d->spun += clock_ns(CLOCK_MONOTONIC) - begun;
    if (k != 1) return k;
    int i = next_slot(d, &when);
    if (i < 0 || when > limit) {
      if (load(&p->now) < limit) store(&p->now, limit);
      return 1;
    }
    if (when > load(&p->now)) store(&p->now, when);
    fire(d, i);
  }
}

static int write_all(struct desk *d, const unsigned char *b, size_t n) {
  char unread[4096];
  while (recv(d->x, unread, sizeof unread, MSG_DONTWAIT) > 0) { /* keymap notices that nobody reads here */ }
  expect(d->page, d->display);
  struct thread *display = by_inside(d, d->display);
  if (display) wakes(d, display);
  while (n) {
    ssize_t k = send(d->x, b, n, MSG_NOSIGNAL);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return 0;
    b += k;
    n -= (size_t)k;
  }
  return 1;
}
/* Tells files written from here on from those before. The kernel stamps files with a coarse clock; since Linux 6.13 it takes a
 * finer one where that would give a file the stamp again that somebody has looked at, and no file is stamped with less from
 * then on. So we write a file of our own twice and look: the second stamp is after all files before, and none after is less. */
static void mark(struct desk *d) {
  struct cg_page *p = d->page;
  uint32_t n = load(&p->marks);
  struct stat s;
  int64_t real = clock_ns(CLOCK_REALTIME_COARSE);
  for (int i = 0; i < 2 && d->stamped >= 0 && pwrite(d->stamped, "", 1, 0) == 1 && !fstat(d->stamped, &s); i++)
    real = s.st_mtim.tv_sec * CG_SECOND + s.st_mtim.tv_nsec;
  p->mark[n % CG_MARKS] = (struct cg_mark){real, load(&p->now)};
  store(&p->marks, n + 1);
}
/* Strict turns for what sleeps. What does not must not keep the CPU from everybody else, and is not exact any more anyhow;
 * the watchdog may have ended its turns before us. */
static void schedule(struct desk *d, int settled) {
  if (!d->ordered || settled == (sched_getscheduler(d->root) == SCHED_FIFO)) return;
  struct sched_param p = {.sched_priority = settled ? CG_TURN : 0};
  for (int i = 0; i < d->threads; i++) sched_setscheduler(d->thread[i].tid, settled ? SCHED_FIFO : SCHED_BATCH, &p);
}
static void run_program(struct desk *d) {
  struct cg_report *r = &d->report;
  int64_t real = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID), cap = (int64_t)(d->cap * 1e9);
  memset(r, 0, sizeof *r);
  for (int i = 0; i < d->threads; i++) d->thread[i].runs = 0;
  r->status = CG_SETTLED;
  d->spun = 0;
  if (d->watch.ring) {
    watch_begin(&d->watch);
    if (!still_asleep(d)) d->watch.stale = 1;
  }
  mark(d);
  if (d->log) fprintf(d->log, "program of %d at %lld\n", d->count, (long long)load(&d->page->now));
  int64_t patience = INT64_MAX;
  for (int i = 0; i < d->count && r->status >= 0 && clock_ns(CLOCK_MONOTONIC) < patience; i++) {
    struct cg_op *o = &d->ops[i];
    if (o->length && !write_all(d, d->bytes + o->offset, o->length)) {
      r->status = root_lives(d) ? CG_DISPLAY : CG_GONE;
      break;
    }
    int k = grant(d, o->grant, cap);
    if (k == 1) continue;
    if (k == 0 && r->status == CG_SETTLED) { /* something never sleeps: the rest of the program must not wait long */
      patience = clock_ns(CLOCK_MONOTONIC) + cap;
      cap = cap < 20000000 ? cap : 20000000;
      d->spun = 0;
      if (d->hot >= 0) {
        r->busy_pid = d->thread[d->hot].pid;
        r->busy_state = state_of(&d->thread[d->hot]);
      }
      schedule(d, 0); /* we would not be given the CPU in time again */
    }
    r->status = k;
  }
  if (r->busy_state && r->status == CG_SETTLED) r->status = CG_UNSETTLED;
  if (r->status >= 0) schedule(d, r->status == CG_SETTLED);
  if (d->watch.ring) watch_end(&d->watch);
  r->threads = d->threads;
  drop_all_files(d);
  if (d->log) fflush(d->log);
  r->now = load(&d->page->now);
  r->spins = load(&d->page->spins);
  r->real_ns = clock_ns(CLOCK_MONOTONIC) - real;
  r->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
}

/* Where the desktop runs in strict turns, we go to its CPU, behind it and before everybody else: we are given the CPU when all
 * of it sleeps, without asking and without a wait. (Not in a turn of our own: who never sleeps leaves a reserve to those
 * without one only, and the cap is ours to keep.) */
static void settle_down(struct desk *d) {
  cpu_set_t here;
  if (d->cpu < 0) return;
  CPU_ZERO(&here);
  CPU_SET((size_t)d->cpu, &here);
  if (!sched_setaffinity(0, sizeof here, &here)) setpriority(PRIO_PROCESS, 0, -20);
  d->cpu = -1;
}

static void *work(void *z) {
  struct desk *d = z;
  prctl(PR_SET_NAME, "cuagym-clock");
  prctl(PR_SET_TIMERSLACK, 1);
  pthread_mutex_lock(&d->lock);
  for (;;) {
    while (d->state != 1 && d->state != 3) pthread_cond_wait(&d->more, &d->lock);
    if (d->state == 3) break;
    pthread_mutex_unlock(&d->lock);
    settle_down(d);
    run_program(d);
    pthread_mutex_lock(&d->lock);
    if (d->state == 1) d->state = 2;
    uint64_t one = 1;
    if (write(d->done, &one, 8) < 0) { /* an eventfd that is read between programs cannot be full */ }
    pthread_cond_broadcast(&d->more);
  }
  pthread_mutex_unlock(&d->lock);
  return NULL;
}

/* ---- the API ---- */

/* page: a descriptor of the clock page (fresh: it is filled in here; restored: it goes on). root: the sandbox's
 * first process as we count it. 0 on failure, with errno. */
API struct desk *cg_open(int page, int root) {
  struct desk *d = calloc(1, sizeof *d);
  if (!d) return NULL;
  d->tally.link = d->tally.group = -1;
  d->page = mmap(NULL, sizeof *d->page, PROT_READ | PROT_WRITE, MAP_SHARED, page, 0);
  d->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  d->stamped = memfd_create("cuagym-moment", MFD_CLOEXEC);
  if (d->page == MAP_FAILED || d->done < 0) goto failed;
  d->root = root;
  const char *log = getenv("CUAGYM_CLOCK_LOG");
  if (log) {
    char path[4096];
    snprintf(path, sizeof path, "%s.%d", log, root);
    d->log = fopen(path, "we");
  }
  d->x = d->hot = d->cpu = -1;
  d->sleeping = -1;
  tally_open(&d->tally, root);
  if (load(&d->page->magic) != CG_MAGIC) {
    for (int i = 0; i < CG_SLOTS; i++) d->page->slot[i].deadline = CG_NEVER;
    mark(d);
    store(&d->page->magic, CG_MAGIC);
  }
  pthread_mutex_init(&d->lock, NULL);
  pthread_cond_init(&d->more, NULL);
  pthread_attr_t a;
  pthread_attr_init(&a);
  pthread_attr_setstacksize(&a, 256 * 1024);
  sigset_t all, old; /* the caller's signals are for the caller's threads */
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &old);
  int e = pthread_create(&d->worker, &a, work, d);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  pthread_attr_destroy(&a);
  if (!e) return d;
  errno = e;
failed:;
  int keep = errno;
  tally_close(&d->tally);
  if (d->page != MAP_FAILED) munmap(d->page, sizeof *d->page);
  if (d->done >= 0) close(d->done);
  if (d->stamped >= 0) close(d->stamped);
  free(d);
  errno = keep;
  return NULL;
}
API void cg_display(struct desk *d, int x, int pid) { /* between programs; pid: the X server's, inside */
  d->x = x;
  d->display = pid;
}
/* Before the first program: the desktop's threads are bound to this CPU, where they run in strict turns. 1: the kernel
 * tells which of them run; 0: each is looked at. */
API int cg_ordered(struct desk *d, int cpu) {
  d->ordered = 1;
  d->cpu = cpu;
  if (d->tally.link >= 0) watch_open(&d->watch, cpu);
  return d->watch.ring != NULL;
}
API int cg_fileno(struct desk *d) { return d->done; }

/* Starts a program; 0, or -EBUSY while one runs. cap: real seconds for each fall asleep. */
API int cg_begin(struct desk *d, const struct cg_op *ops, int count, const unsigned char *bytes, int length, double cap) {
  pthread_mutex_lock(&d->lock);
  if (d->state) {
    pthread_mutex_unlock(&d->lock);
    return -EBUSY;
  }
  d->ops = malloc((size_t)count * sizeof *ops + 1);
  d->bytes = malloc((size_t)length + 1);
  if (!d->ops || !d->bytes) abort();
  memcpy(d->ops, ops, (size_t)count * sizeof *ops);
  memcpy(d->bytes, bytes, (size_t)length);
  d->count = count;
  d->cap = cap;
  d->state = 1;
  pthread_cond_broadcast(&d->more);
  pthread_mutex_unlock(&d->lock);
  return 0;
}
API int cg_done(struct desk *d) {
  pthread_mutex_lock(&d->lock);
  int done = d->state == 2;
  pthread_mutex_unlock(&d->lock);
  return done;
}
/* Waits for the program and tells how it went. */
API int cg_finish(struct desk *d, struct cg_report *out) {
  uint64_t n;
  pthread_mutex_lock(&d->lock);
  if (!d->state) {
    pthread_mutex_unlock(&d->lock);
    return -EINVAL;
  }
  while (d->state == 1) pthread_cond_wait(&d->more, &d->lock);
  *out = d->report;
  free(d->ops);
  free(d->bytes);
  d->state = 0;
  if (read(d->done, &n, 8) < 0) { /* nonblocking, and written before state 2 was seen */ }
  pthread_mutex_unlock(&d->lock);
  return 0;
}
API int64_t cg_now(struct desk *d) { return load(&d->page->now); }
API void cg_close(struct desk *d) { /* the desktop should be dead or idle: a running program is waited for */
  pthread_mutex_lock(&d->lock);
  while (d->state == 1) pthread_cond_wait(&d->more, &d->lock);
  if (d->state == 2) {
    free(d->ops);
    free(d->bytes);
  }
  d->state = 3;
  pthread_cond_broadcast(&d->more);
  pthread_mutex_unlock(&d->lock);
  pthread_join(d->worker, NULL);
  munmap(d->page, sizeof *d->page);
  close(d->done);
  if (d->stamped >= 0) close(d->stamped);
  if (d->log) fclose(d->log);
  tally_close(&d->tally);
  watch_close(&d->watch);
  free(d->process);
  free(d->thread);
  free(d->old_process);
  free(d->old_thread);
  free(d);
}

/* Copies rows of a framebuffer (BGRX) to RGB. */
static void to_rgb(const unsigned char *p, unsigned char *to, int width) {
  for (int x = 0; x < width; x++, p += 4, to += 3) {
    to[0] = p[2];
    to[1] = p[1];
    to[2] = p[0];
  }
}
#ifdef __x86_64__
#include <tmmintrin.h>
__attribute__((target("ssse3"))) static void to_rgb_ssse3(const unsigned char *p, unsigned char *to, int width) {
  const __m128i order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
  int x = 0;
  for (; x + 8 <= width; x += 4, p += 16, to += 12) /* writes 16 bytes, of which the next turn overwrites 4 */
    _mm_storeu_si128((__m128i *)to, _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)p), order));
  to_rgb(p, to, width - x);
}
#endif
API void cg_rgb(const unsigned char *from, unsigned char *to, int width, int height, int stride) {
  void (*copy)(const unsigned char *, unsigned char *, int) = to_rgb;
#ifdef __x86_64__
  if (__builtin_cpu_supports("ssse3")) copy = to_rgb_ssse3;
#endif
  for (int y = 0; y < height; y++) copy(from + (size_t)y * stride, to + (size_t)y * width * 3, width);
}
