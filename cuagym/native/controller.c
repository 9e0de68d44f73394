/* Application time, outside: decides when a desktop sleeps and moves its clock; runs the program of a step.
 *
 * A desktop sleeps when every thread of every process below the sandbox's first one is off the run queue in an
 * interruptible sleep, and none of them used the CPU while we looked. The kernel makes a sleeper runnable inside the
 * system call that wakes it, so no message in flight can be missed. Only then is the clock moved, to the earliest
 * published deadline, and that one wait ended; then the desktop is left to fall asleep again. When no deadline is
 * left within the grant, the desktop is settled.
 *
 * Everything in the shared page may have been written by a hostile program: it can only harm its own desktop. Signals
 * go to threads of our own list alone.
 *
 * One thread per desktop, asleep between programs, holds no lock of the caller's language. */
#define _GNU_SOURCE
#include "clock.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
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
  uint64_t scans, fires, waits; /* looks at the whole desktop, waits ended, sleeps between looks */
  int64_t real_ns, cpu_ns;      /* what the program took, and what of it was our own CPU */
  uint64_t spins;        /* naps forced on spinning programs since the desktop began */
};

/* ---- the desktop as the kernel lists it ---- */

struct process {
  int pid;
  int64_t cpu;
};
struct thread {
  int tid, pid, inside; /* inside: the tid in the desktop's own pid namespace */
  int wchan, stat;      /* descriptors, open while a program runs; -1: not yet */
};
struct desk {
  struct cg_page *page;
  int root, x, done; /* the sandbox's first process, the X connection, an eventfd */
  struct process *process;
  struct thread *thread;
  int processes, threads, process_room, thread_room, hot;
  struct cg_report report;
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
static void drop_files(struct thread *t) {
  if (t->wchan >= 0) close(t->wchan);
  if (t->stat >= 0) close(t->stat);
  t->wchan = t->stat = -1;
}
static void drop_all_files(struct desk *d) {
  for (int i = 0; i < d->threads; i++) drop_files(&d->thread[i]);
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

#define GROW(array, count, room)                                                    \
  if ((count) == (room)) {                                                          \
    (room) = (room) ? 2 * (room) : 32;                                              \
    void *p_ = realloc(array, (size_t)(room) * sizeof *(array));                    \
    if (!p_) abort();                                                               \
    (array) = p_;                                                                   \
  }

static int add_process(struct desk *d, int pid) {
  GROW(d->process, d->processes, d->process_room);
  d->process[d->processes++] = (struct process){pid, cpu_of(pid)};
  return d->processes - 1;
}
/* Lists every process below the first one, and its threads. What was known already keeps its open files. */
static void list(struct desk *d) {
  struct thread *old = d->thread;
  int olds = d->threads;
  d->thread = NULL;
  d->threads = d->thread_room = 0;
  d->processes = 0;
  add_process(d, d->root);
  for (int i = 0; i < d->processes; i++) {
    char path[80];
    int pid = d->process[i].pid;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *dir = opendir(path);
    if (!dir) continue;
    for (struct dirent *e; (e = readdir(dir));) {
      if (e->d_name[0] == '.') continue;
      struct thread t = {atoi(e->d_name), pid, 0, -1, -1};
      for (int k = 0; k < olds; k++)
        if (old[k].tid == t.tid && old[k].pid == pid) {
          t = old[k];
          old[k].tid = 0;
          break;
        }
      if (!t.inside) t.inside = inside_tid(pid, t.tid);
      GROW(d->thread, d->threads, d->thread_room);
      d->thread[d->threads++] = t;
      char b[4096], *p = b, *q;
      snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, t.tid);
      int fd = open(path, O_RDONLY | O_CLOEXEC);
      if (fd < 0) continue;
      slurp(fd, b, sizeof b);
      close(fd);
      for (int child; (child = (int)strtol(p, &q, 10)) > 0 && q != p; p = q) add_process(d, child);
    }
    closedir(dir);
  }
  for (int k = 0; k < olds; k++)
    if (old[k].tid) {
      drop_files(&old[k]);
      bury(d, old[k].inside);
    }
  free(old);
  d->hot = -1;
  d->report.threads = d->threads;
}

static int read_file(struct thread *t, int *fd, const char *name, char *b, int room) {
  if (*fd < 0) {
    char path[80];
    snprintf(path, sizeof path, "/proc/%d/task/%d/%s", t->pid, t->tid, name);
    if ((*fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) return 0;
  }
  return slurp(*fd, b, room);
}
/* wchan is "0" for a thread that runs, waits for a CPU, or was preempted on its way to sleep. */
static int off_queue(struct thread *t) { /* 1: asleep, 0: not, -1: gone */
  char b[64];
  int n = read_file(t, &t->wchan, "wchan", b, sizeof b);
  return n <= 0 ? -1 : !(b[0] == '0' && (n == 1 || b[1] == '\n'));
}
static int state_of(struct thread *t) { /* the letter, 0: gone */
  char b[512], *p;
  if (read_file(t, &t->stat, "stat", b, sizeof b) <= 0 || !(p = strrchr(b, ')')) || !p[1]) return 0;
  return p[2];
}

/* Is every thread asleep, all at one moment? */
static int asleep(struct desk *d) {
  if (d->hot >= 0 && off_queue(&d->thread[d->hot]) == 0) return 0;
  d->report.scans++;
  int stale = !d->processes;
  for (int i = 0; i < d->processes; i++) { /* births and deaths are the work of somebody who ran */
    int64_t c = cpu_of(d->process[i].pid);
    stale |= c != d->process[i].cpu;
  }
  if (stale) list(d);
  d->hot = -1;
  for (int i = 0; i < d->threads; i++) {
    int k = off_queue(&d->thread[i]);
    if (k > 0) continue;
    int s = state_of(&d->thread[i]);
    if (s == 'Z' || s == 'X') continue; /* dead; its parent will hear of it when it runs */
    if (!s) {
      d->processes = 0; /* gone since: list again */
      return 0;
    }
    d->hot = i;
    return 0;
  }
  for (int i = 0; i < d->threads; i++) { /* disk waits and stopped threads have a wchan too */
    int s = state_of(&d->thread[i]);
    if (s == 'S' || s == 'Z' || s == 'X') continue;
    d->hot = s ? i : -1;
    if (!s) d->processes = 0;
    return 0;
  }
  for (int i = 0; i < d->processes; i++) {
    if (cpu_of(d->process[i].pid) == d->process[i].cpu) continue;
    return 0;
  }
  return 1;
}

static int hinted_busy(struct cg_page *p) {
  for (int i = 0; i < CG_PROCS; i++)
    if (load(&p->proc[i].pid) && load(&p->proc[i].busy)) return 1;
  return 0;
}
static int root_lives(struct desk *d) { return cpu_of(d->root) >= 0; }

/* Waits until the desktop sleeps: 1; 0 when `until` (CLOCK_MONOTONIC ns) came first; -1 when it is gone. */
static int drain(struct desk *d, int64_t until) {
  struct cg_page *p = d->page;
  for (int missed = 0;;) {
    uint32_t event = load(&p->event);
    store(&p->waiting, 1);
    int busy = hinted_busy(p);
    if (!busy || missed) {
      if (asleep(d)) {
        store(&p->waiting, 0);
        return 1;
      }
      if (!root_lives(d)) return CG_GONE;
    }
    if (clock_ns(CLOCK_MONOTONIC) > until) {
      store(&p->waiting, 0);
      return root_lives(d) ? 0 : CG_GONE;
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
  if (!t || syscall(SYS_tgkill, t->pid, t->tid, CG_SIGNAL)) bury(d, load(&s->tid));
}

/* Grants `ns` of application time. `cap` is real time, ns, for each fall asleep. */
static int grant(struct desk *d, int64_t ns, int64_t cap) {
  struct cg_page *p = d->page;
  int64_t limit = load(&p->now) + ns;
  for (;;) {
    int64_t when;
    int k = drain(d, clock_ns(CLOCK_MONOTONIC) + cap);
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
  while (n) {
    ssize_t k = send(d->x, b, n, MSG_NOSIGNAL);
    if (k < 0 && errno == EINTR) continue;
    if (k <= 0) return 0;
    b += k;
    n -= (size_t)k;
  }
  return 1;
}
static void mark(struct cg_page *p) { /* tells files written from here on from those before */
  uint32_t n = load(&p->marks);
  p->mark[n % CG_MARKS] = (struct cg_mark){clock_ns(CLOCK_REALTIME_COARSE), load(&p->now)};
  store(&p->marks, n + 1);
}
static void run_program(struct desk *d) {
  struct cg_report *r = &d->report;
  int64_t real = clock_ns(CLOCK_MONOTONIC), cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID), cap = (int64_t)(d->cap * 1e9);
  memset(r, 0, sizeof *r);
  r->status = CG_SETTLED;
  mark(d->page);
  for (int i = 0; i < d->count && r->status >= 0; i++) {
    struct cg_op *o = &d->ops[i];
    if (o->length && !write_all(d, d->bytes + o->offset, o->length)) {
      r->status = root_lives(d) ? CG_DISPLAY : CG_GONE;
      break;
    }
    int k = grant(d, o->grant, cap);
    if (k == 1) continue;
    if (k == 0 && r->status == CG_SETTLED) { /* something never sleeps: the rest of the program must not wait long */
      cap = cap < 20000000 ? cap : 20000000;
      if (d->hot >= 0) {
        r->busy_pid = d->thread[d->hot].pid;
        r->busy_state = state_of(&d->thread[d->hot]);
      }
    }
    r->status = k;
  }
  if (r->busy_state && r->status == CG_SETTLED) r->status = CG_UNSETTLED;
  drop_all_files(d);
  r->now = load(&d->page->now);
  r->spins = load(&d->page->spins);
  r->real_ns = clock_ns(CLOCK_MONOTONIC) - real;
  r->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
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
  d->page = mmap(NULL, sizeof *d->page, PROT_READ | PROT_WRITE, MAP_SHARED, page, 0);
  d->done = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (d->page == MAP_FAILED || d->done < 0) goto failed;
  d->root = root;
  d->x = d->hot = -1;
  if (load(&d->page->magic) != CG_MAGIC) {
    for (int i = 0; i < CG_SLOTS; i++) d->page->slot[i].deadline = CG_NEVER;
    mark(d->page);
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
  if (d->page != MAP_FAILED) munmap(d->page, sizeof *d->page);
  if (d->done >= 0) close(d->done);
  free(d);
  errno = keep;
  return NULL;
}
API void cg_display(struct desk *d, int x) { d->x = x; } /* between programs */
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
  free(d->process);
  free(d->thread);
  free(d);
}

/* Copies a framebuffer (BGRX) to RGB. */
API void cg_rgb(const unsigned char *from, unsigned char *to, int width, int height, int stride) {
  for (int y = 0; y < height; y++, from += stride) {
    const unsigned char *p = from;
    for (int x = 0; x < width; x++, p += 4, to += 3) {
      to[0] = p[2];
      to[1] = p[1];
      to[2] = p[0];
    }
  }
}
