/* Application time, inside: preloaded (through /etc/ld.so.preload) into every process of a desktop.
 *
 * Clock reads return the page's `now`, which stands still until the controller moves it. A wait without a timeout
 * is left alone. A wait with one publishes its deadline in the thread's slot and then sleeps without any kernel
 * timeout; the controller, having moved `now` there, ends it with a signal. So a process acts only on bytes from
 * another process or on a deadline that was granted, never on the machine's time.
 *
 * The signal is sent only while every thread of the desktop sleeps, so it always finds its thread inside the wait
 * that published the deadline; no lock and no masking protocol is needed between the two sides.
 *
 * Without the page (in the sandbox's first process, or outside a desktop) everything here passes through.
 *
 * Not covered: SO_RCVTIMEO and SO_SNDTIMEO, io_uring timeouts, ITIMER_VIRTUAL and ITIMER_PROF, programs that are
 * statically linked or make system calls without libc. */
#define _GNU_SOURCE
#include "clock.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timeb.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define load(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define store(p, v) __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define add(p, v) __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST)

static struct cg_page *P;
static int64_t born; /* application time at which this process began: the zero of its CPU clocks */

/* ---- system calls, without libc's wrappers (which are replaced below) ---- */

static long sys(long n, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long r;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return r;
#elif defined(__aarch64__)
  register long x8 __asm__("x8") = n;
  register long x0 __asm__("x0") = a;
  register long x1 __asm__("x1") = b;
  register long x2 __asm__("x2") = c;
  register long x3 __asm__("x3") = d;
  register long x4 __asm__("x4") = e;
  register long x5 __asm__("x5") = f;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
#else
#error "cuagym's clock knows x86-64 and aarch64"
#endif
}
#define SYS1(n, a) sys(n, (long)(a), 0, 0, 0, 0, 0)
#define SYS2(n, a, b) sys(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define SYS3(n, a, b, c) sys(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYS4(n, a, b, c, d) sys(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS5(n, a, b, c, d, e) sys(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS6(n, a, b, c, d, e, f) sys(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

static long ret(long r) {
  if (r < 0 && r > -4096) {
    errno = (int)-r;
    return -1;
  }
  return r;
}

/* A blocking call in which pthread_cancel() must find the thread, as in libc's own. */
#define BLOCKING(r, call)                                        \
  do {                                                           \
    int old_;                                                    \
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old_);   \
    r = (call);                                                  \
    pthread_setcanceltype(old_, NULL);                           \
  } while (0)

/* ---- joining the desktop's clock ---- */

static int me = -1;                              /* this process's index in the table of hints */
static __thread int my_slot = -1;
static __thread int64_t seen = -1;               /* the value of `now` that this thread read last ... */
static __thread uint32_t reads, streak;          /* ... how often in a row, and how many naps that has cost */

static void on_signal(int s) { (void)s; }

static void enrol(void) {
  int pid = (int)SYS1(SYS_getpid, 0);
  me = -1;
  for (int i = 0; i < CG_PROCS && me < 0; i++)
    if (load(&P->proc[i].pid) == pid) me = i;
  for (int i = 0; i < CG_PROCS && me < 0; i++) {
    int32_t none = 0;
    if (__atomic_compare_exchange_n(&P->proc[i].pid, &none, pid, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) me = i;
  }
  if (me >= 0) store(&P->proc[me].busy, 1);
  born = load(&P->now);
}

extern int __sigaction(int, const struct sigaction *, struct sigaction *);

static void attach(void) {
  static int tried;
  if (tried) return;
  tried = 1;
  long fd = SYS4(SYS_openat, AT_FDCWD, CG_PAGE_PATH, O_RDWR | O_CLOEXEC, 0);
  if (fd < 0) return;
  long m = SYS6(SYS_mmap, 0, sizeof *P, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  SYS1(SYS_close, fd);
  if (m < 0 && m > -4096) return;
  if (load(&((struct cg_page *)m)->magic) != CG_MAGIC) {
    SYS2(SYS_munmap, m, sizeof *P);
    return;
  }
  P = (struct cg_page *)m;
  enrol();
}

static void in_child(void) {
  my_slot = -1;
  seen = -1;
  if (P) enrol();
}
static void forget_timers(void);

__attribute__((constructor)) static void begin(void) {
  attach();
  if (!P) return;
  struct sigaction a = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
  __sigaction(CG_SIGNAL, &a, NULL);
  uint64_t unblock = 1ull << (CG_SIGNAL - 1);
  SYS4(SYS_rt_sigprocmask, SIG_UNBLOCK, &unblock, NULL, 8);
  pthread_atfork(NULL, NULL, in_child);
  pthread_atfork(NULL, NULL, forget_timers);
}

__attribute__((destructor)) static void end(void) {
  if (P && me >= 0) store(&P->proc[me].busy, 0); /* what remains of an exit is short */
}

/* The signal that ends waits stays ours: programs that reset all signals must not make it deadly, and programs
 * that block all signals must not make their threads deaf to it. */
int sigaction(int s, const struct sigaction *n, struct sigaction *o) {
  if (P && s == CG_SIGNAL) {
    if (o) memset(o, 0, sizeof *o);
    return 0;
  }
  return __sigaction(s, n, o);
}
sighandler_t signal(int s, sighandler_t h) {
  struct sigaction n = {.sa_handler = h, .sa_flags = SA_RESTART}, o;
  if (P && s == CG_SIGNAL) return SIG_DFL;
  return __sigaction(s, &n, &o) ? SIG_ERR : o.sa_handler;
}
static int change_mask(int how, const sigset_t *set, sigset_t *old) {
  uint64_t m = 0;
  if (set) {
    memcpy(&m, set, 8);
    if (P && how != SIG_UNBLOCK) m &= ~(1ull << (CG_SIGNAL - 1));
    m &= ~(3ull << 31); /* 32 and 33 are libc's own */
  }
  if (old) sigemptyset(old);
  return (int)SYS4(SYS_rt_sigprocmask, how, set ? &m : NULL, old, 8);
}
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old) { return -change_mask(how, set, old); }
int sigprocmask(int how, const sigset_t *set, sigset_t *old) { return (int)ret(change_mask(how, set, old)); }

/* Who adopts orphans may get a process without running: the controller must know. */
int prctl(int option, ...) {
  va_list v;
  unsigned long a[4];
  va_start(v, option);
  for (int i = 0; i < 4; i++) a[i] = va_arg(v, unsigned long);
  va_end(v);
  if (P && option == PR_SET_CHILD_SUBREAPER) store(&P->adopting, 1);
  return (int)ret(SYS5(SYS_prctl, option, a[0], a[1], a[2], a[3]));
}

/* ---- hints for the controller: cheap, and never relied upon ---- */

static int somebody_is_busy(void) {
  for (int i = 0; i < CG_PROCS; i++)
    if (load(&P->proc[i].busy) && load(&P->proc[i].pid)) return 1;
  return 0;
}
static void hint(uint32_t busy) {
  if (me < 0 || SYS1(SYS_gettid, 0) != load(&P->proc[me].pid)) return;
  store(&P->proc[me].busy, busy);
  if (!busy) {
    add(&P->event, 1);
    /* The last one to fall asleep wakes the controller: it would only go back to sleep for the others. */
    if (load(&P->waiting) && !somebody_is_busy()) SYS3(SYS_futex, &P->event, FUTEX_WAKE, 1);
  }
}

/* ---- waits with a deadline ---- */

static struct cg_slot *slot(void) {
  int tid = (int)SYS1(SYS_gettid, 0);
  if (my_slot >= 0 && load(&P->slot[my_slot].tid) == tid) return &P->slot[my_slot];
  my_slot = -1;
  for (uint32_t i = 0; i < load(&P->used) && my_slot < 0; i++)
    if (load(&P->slot[i].tid) == tid) my_slot = (int)i;
  for (int i = 0; i < CG_SLOTS && my_slot < 0; i++) {
    int32_t none = 0;
    if (!__atomic_compare_exchange_n(&P->slot[i].tid, &none, tid, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) continue;
    my_slot = i;
    for (uint32_t u = load(&P->used); u <= (uint32_t)i;)
      if (__atomic_compare_exchange_n(&P->used, &u, (uint32_t)i + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) break;
  }
  if (my_slot < 0) abort(); /* more threads than any desktop may have: better a fault than a wait that never ends */
  store(&P->slot[my_slot].deadline, CG_NEVER);
  return &P->slot[my_slot];
}

struct wait {
  struct cg_slot *slot;
  int64_t outer; /* a signal handler of the program may wait inside a wait */
};
static struct wait publish(int64_t deadline) {
  struct wait w = {slot(), 0};
  w.outer = load(&w.slot->deadline);
  store(&w.slot->fired, 0);
  store(&w.slot->deadline, deadline);
  reads = streak = 0;
  hint(0);
  return w;
}
static int retract(struct wait w) { /* returns whether the deadline came */
  int fired = (int)load(&w.slot->fired);
  store(&w.slot->fired, 0);
  store(&w.slot->deadline, w.outer);
  hint(1);
  return fired;
}
static void waits_forever(void) {
  reads = streak = 0;
  hint(0);
}

static int64_t now(void) { return load(&P->now); }
static int64_t after(int64_t ns) { /* the deadline that lies ns ahead */
  int64_t v = now();
  return ns > CG_NEVER - 1 - v ? CG_NEVER - 1 : v + ns;
}
static int64_t ns_of(const struct timespec *t) {
  return t->tv_sec > 9000000000LL ? CG_NEVER / 2 : t->tv_sec * CG_SECOND + t->tv_nsec;
}
static int64_t zero_of(clockid_t c) {
  switch (c) {
    case CLOCK_REALTIME: case CLOCK_REALTIME_COARSE: case CLOCK_REALTIME_ALARM: case CLOCK_TAI: return CG_REALTIME_ZERO;
    case CLOCK_PROCESS_CPUTIME_ID: case CLOCK_THREAD_CPUTIME_ID: return -born;
    default: return CG_MONOTONIC_ZERO;
  }
}

/* Sleeps until the application time `until`; 0, or -EINTR when a handler of the program ran. */
static long nap_until(int64_t until) {
  if (until <= now()) return 0;
  struct wait w = publish(until);
  long r;
  BLOCKING(r, SYS5(SYS_ppoll, NULL, 0, NULL, NULL, 8));
  return retract(w) ? 0 : r;
}

/* A program that spins on the clock would wait for ever, since the clock stands still while it runs. After many
 * looks at one moment it is made to sleep a little application time instead, longer each time in a row. The count
 * is of its own actions, so that this too is the same in every run. */
#define SPIN 200000
static void spun(uint32_t weight) {
  int64_t v = now();
  if (v != seen && !streak) reads = 0;
  seen = v;
  reads += weight;
  if (reads < (streak ? SPIN / 10 : SPIN)) return;
  uint32_t k = streak;
  add(&P->spins, 1);
  nap_until(after(1000000LL << (k < 6 ? k : 6)));
  reads = 0;
  streak = k + 1;
}
int sched_yield(void) {
  if (P) spun(10);
  return (int)ret(SYS1(SYS_sched_yield, 0));
}

/* ---- reading the clock ---- */

int clock_gettime(clockid_t c, struct timespec *t) {
  if (!P) attach();
  if (!P || c < 0 || c > CLOCK_TAI) return (int)ret(SYS2(SYS_clock_gettime, c, t));
  spun(1);
  int64_t v = now() + zero_of(c);
  t->tv_sec = v / CG_SECOND;
  t->tv_nsec = v % CG_SECOND;
  return 0;
}
int gettimeofday(struct timeval *restrict tv, void *restrict zone) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  if (zone) memset(zone, 0, sizeof(struct timezone));
  if (tv) *tv = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
  return 0;
}
time_t time(time_t *out) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  if (out) *out = t.tv_sec;
  return t.tv_sec;
}
int timespec_get(struct timespec *t, int base) {
  if (base != TIME_UTC) return 0;
  clock_gettime(CLOCK_REALTIME, t);
  return base;
}
clock_t clock(void) { /* the CPU clock too: Writer's layout reads it */
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}
clock_t times(struct tms *out) {
  if (!P) return ret(SYS1(SYS_times, out));
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  if (out) *out = (struct tms){.tms_utime = clock() / 10000};
  return t.tv_sec * 100 + t.tv_nsec / 10000000;
}
int ftime(struct timeb *b) { /* LibreOffice's osl_getGlobalTimer */
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  *b = (struct timeb){.time = t.tv_sec, .millitm = (unsigned short)(t.tv_nsec / 1000000)};
  return 0;
}

/* ---- times of files: what was written since the desktop began shows the application time of its step ---- */

static void restamp(int64_t *sec, int64_t *nsec) {
  if (!P) return;
  uint32_t n = load(&P->marks);
  int64_t real = *sec * CG_SECOND + *nsec, v = 0;
  if (!n || (n <= CG_MARKS && real < P->mark[0].real)) return; /* older than the desktop */
  for (uint32_t i = n; i-- > (n > CG_MARKS ? n - CG_MARKS : 0);)
    if (P->mark[i % CG_MARKS].real <= real) {
      v = P->mark[i % CG_MARKS].now;
      break;
    }
  v += CG_REALTIME_ZERO;
  *sec = v / CG_SECOND;
  *nsec = v % CG_SECOND;
}
static int restamped(long r, struct stat *s) {
  if (r < 0) return (int)ret(r);
  struct timespec *all[] = {&s->st_atim, &s->st_mtim, &s->st_ctim};
  for (int i = 0; i < 3; i++) {
    int64_t sec = all[i]->tv_sec, nsec = all[i]->tv_nsec;
    restamp(&sec, &nsec);
    *all[i] = (struct timespec){sec, nsec};
  }
  return 0;
}
int fstatat(int d, const char *restrict p, struct stat *restrict s, int f) { return restamped(SYS4(SYS_newfstatat, d, p, s, f), s); }
int stat(const char *restrict p, struct stat *restrict s) { return fstatat(AT_FDCWD, p, s, 0); }
int lstat(const char *restrict p, struct stat *restrict s) { return fstatat(AT_FDCWD, p, s, AT_SYMLINK_NOFOLLOW); }
int fstat(int fd, struct stat *s) { return restamped(SYS2(SYS_fstat, fd, s), s); }
#define SAME(name, ...) __attribute__((alias(#name)))
int fstatat64(int, const char *restrict, struct stat64 *restrict, int) SAME(fstatat);
int stat64(const char *restrict, struct stat64 *restrict) SAME(stat);
int lstat64(const char *restrict, struct stat64 *restrict) SAME(lstat);
int fstat64(int, struct stat64 *) SAME(fstat);
int __xstat(int v, const char *p, struct stat *s) { (void)v; return stat(p, s); } /* programs built before glibc 2.33 */
int __lxstat(int v, const char *p, struct stat *s) { (void)v; return lstat(p, s); }
int __fxstat(int v, int fd, struct stat *s) { (void)v; return fstat(fd, s); }
int __fxstatat(int v, int d, const char *p, struct stat *s, int f) { (void)v; return fstatat(d, p, s, f); }
int __xstat64(int, const char *, struct stat64 *) SAME(__xstat);
int __lxstat64(int, const char *, struct stat64 *) SAME(__lxstat);
int __fxstat64(int, int, struct stat64 *) SAME(__fxstat);
int __fxstatat64(int, int, const char *, struct stat64 *, int) SAME(__fxstatat);
int statx(int d, const char *restrict p, int f, unsigned m, struct statx *restrict s) {
  long r = SYS5(SYS_statx, d, p, f, m, s);
  if (r < 0) return (int)ret(r);
  struct statx_timestamp *all[] = {&s->stx_atime, &s->stx_btime, &s->stx_ctime, &s->stx_mtime};
  for (int i = 0; i < 4; i++) {
    int64_t sec = all[i]->tv_sec, nsec = all[i]->tv_nsec;
    restamp(&sec, &nsec);
    all[i]->tv_sec = sec;
    all[i]->tv_nsec = (uint32_t)nsec;
  }
  return 0;
}

/* ---- sleeping ---- */

int nanosleep(const struct timespec *t, struct timespec *left) {
  long r;
  if (!P) {
    BLOCKING(r, SYS2(SYS_nanosleep, t, left));
    return (int)ret(r);
  }
  int64_t until = after(ns_of(t));
  if (until <= now()) spun(10);
  r = nap_until(until);
  int64_t rest = until - now();
  if (r && left) *left = (struct timespec){rest / CG_SECOND, rest % CG_SECOND};
  return (int)ret(r);
}
int clock_nanosleep(clockid_t c, int flags, const struct timespec *t, struct timespec *left) {
  long r;
  if (!P) {
    BLOCKING(r, SYS4(SYS_clock_nanosleep, c, flags, t, left));
    return (int)-r;
  }
  if (!(flags & TIMER_ABSTIME)) return nanosleep(t, left) ? errno : 0;
  return (int)-nap_until(ns_of(t) - zero_of(c));
}
int usleep(useconds_t us) { return nanosleep(&(struct timespec){us / 1000000, us % 1000000 * 1000L}, NULL); }
unsigned sleep(unsigned s) {
  struct timespec left = {0, 0};
  return nanosleep(&(struct timespec){s, 0}, &left) ? (unsigned)left.tv_sec : 0;
}
int thrd_sleep(const struct timespec *t, struct timespec *left) { return nanosleep(t, left) ? -1 : 0; }

/* ---- waiting on descriptors ---- */

/* With a deadline, `call` is the same wait without a timeout; r becomes 0 when the deadline came. */
#define FD_WAIT(r, ns, call)          \
  do {                                \
    if ((ns) < 0) {                   \
      waits_forever();                \
      BLOCKING(r, call);              \
      hint(1);                        \
    } else {                          \
      struct wait w_ = publish(after(ns)); \
      BLOCKING(r, call);              \
      if (retract(w_) && r == -EINTR) r = 0; \
    }                                 \
  } while (0)

static const uint64_t *open_mask(const sigset_t *m, uint64_t *copy) { /* the program's mask, never deaf to our signal */
  if (!m) return NULL;
  memcpy(copy, m, 8);
  *copy &= ~(1ull << (CG_SIGNAL - 1));
  return copy;
}
static int wait_poll(struct pollfd *f, nfds_t n, int64_t ns, const sigset_t *m) {
  struct timespec zero = {0, 0};
  uint64_t copy;
  const uint64_t *mask = open_mask(m, &copy);
  long r = SYS5(SYS_ppoll, f, n, &zero, mask, 8); /* most polls find something: no slot, no hint for those */
  if (r || !ns) {
    if (!r) spun(10);
    return (int)ret(r);
  }
  FD_WAIT(r, ns, SYS5(SYS_ppoll, f, n, NULL, mask, 8));
  if (!r)
    for (nfds_t i = 0; i < n; i++) f[i].revents = 0;
  return (int)ret(r);
}
int ppoll(struct pollfd *f, nfds_t n, const struct timespec *t, const sigset_t *m) {
  if (P) return wait_poll(f, n, t ? ns_of(t) : -1, m);
  struct timespec copy;
  long r;
  if (t) copy = *t;
  BLOCKING(r, SYS5(SYS_ppoll, f, n, t ? &copy : NULL, m, 8));
  return (int)ret(r);
}
int poll(struct pollfd *f, nfds_t n, int ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
  return ppoll(f, n, ms < 0 ? NULL : &t, NULL);
}
int __poll_chk(struct pollfd *f, nfds_t n, int ms, size_t size) { (void)size; return poll(f, n, ms); }
int __ppoll_chk(struct pollfd *f, nfds_t n, const struct timespec *t, const sigset_t *m, size_t size) { (void)size; return ppoll(f, n, t, m); }

static int wait_epoll(int e, struct epoll_event *v, int n, int64_t ns, const sigset_t *m) {
  uint64_t copy;
  const uint64_t *mask = open_mask(m, &copy);
  long r = SYS6(SYS_epoll_pwait, e, v, n, 0, mask, 8);
  if (r || !ns) {
    if (!r) spun(10);
    return (int)ret(r);
  }
  FD_WAIT(r, ns, SYS6(SYS_epoll_pwait, e, v, n, -1, mask, 8));
  return (int)ret(r);
}
int epoll_pwait(int e, struct epoll_event *v, int n, int ms, const sigset_t *m) {
  if (P) return wait_epoll(e, v, n, ms < 0 ? -1 : ms * 1000000LL, m);
  long r;
  BLOCKING(r, SYS6(SYS_epoll_pwait, e, v, n, ms, m, 8));
  return (int)ret(r);
}
int epoll_wait(int e, struct epoll_event *v, int n, int ms) { return epoll_pwait(e, v, n, ms, NULL); }
int epoll_pwait2(int e, struct epoll_event *v, int n, const struct timespec *t, const sigset_t *m) {
  if (P) return wait_epoll(e, v, n, t ? ns_of(t) : -1, m);
  long r;
  BLOCKING(r, SYS6(SYS_epoll_pwait2, e, v, n, t, m, 8));
  return (int)ret(r);
}

static int wait_select(int n, fd_set *in, fd_set *out, fd_set *ex, int64_t ns, const sigset_t *m) {
  fd_set *user[3] = {in, out, ex}, work[3];
  size_t bytes = ((size_t)(n > 0 ? n : 0) + 63) / 64 * 8;
  uint64_t copy;
  struct {
    const uint64_t *mask;
    size_t size;
  } mask = {open_mask(m, &copy), 8};
  struct timespec zero = {0, 0};
#define SELECT_(timeout)                                                                        \
  ({                                                                                            \
    for (int i_ = 0; i_ < 3; i_++)                                                              \
      if (user[i_]) memcpy(&work[i_], user[i_], bytes);                                         \
    SYS6(SYS_pselect6, n, in ? &work[0] : NULL, out ? &work[1] : NULL, ex ? &work[2] : NULL, timeout, &mask); \
  })
  if (n > FD_SETSIZE) { /* larger sets, of the program's own making: wait on them in place */
    long r = -EINVAL;
    FD_WAIT(r, ns, SYS6(SYS_pselect6, n, in, out, ex, NULL, &mask));
    return (int)ret(r);
  }
  long r = SELECT_(&zero);
  if (!r && !ns) spun(10);
  if (!r && ns) FD_WAIT(r, ns, SELECT_(NULL));
  if (r >= 0)
    for (int i = 0; i < 3; i++)
      if (user[i]) r ? (void)memcpy(user[i], &work[i], bytes) : (void)memset(user[i], 0, bytes);
  return (int)ret(r);
}
int select(int n, fd_set *restrict a, fd_set *restrict b, fd_set *restrict c, struct timeval *restrict t) {
  if (!P) {
    struct timespec ts;
    if (t) ts = (struct timespec){t->tv_sec, t->tv_usec * 1000L};
    long r;
    BLOCKING(r, SYS6(SYS_pselect6, n, a, b, c, t ? &ts : NULL, NULL));
    if (t) *t = (struct timeval){ts.tv_sec, ts.tv_nsec / 1000}; /* Linux tells what is left */
    return (int)ret(r);
  }
  int64_t ns = t ? t->tv_sec * CG_SECOND + t->tv_usec * 1000LL : -1, until = t ? after(ns) : 0;
  int k = wait_select(n, a, b, c, ns, NULL);
  if (t && ns > 0) {
    int64_t rest = until > now() ? until - now() : 0;
    *t = (struct timeval){rest / CG_SECOND, rest % CG_SECOND / 1000};
  }
  return k;
}
int pselect(int n, fd_set *restrict a, fd_set *restrict b, fd_set *restrict c, const struct timespec *restrict t, const sigset_t *restrict m) {
  if (P) return wait_select(n, a, b, c, t ? ns_of(t) : -1, m);
  struct timespec copy;
  if (t) copy = *t;
  struct {
    const sigset_t *mask;
    size_t size;
  } mask = {m, 8};
  long r;
  BLOCKING(r, SYS6(SYS_pselect6, n, a, b, c, t ? &copy : NULL, &mask));
  return (int)ret(r);
}

/* ---- waiting on futexes ---- */

/* Waits while *word == value, at most until the application time `until`. 0, -EAGAIN, -EINTR or -ETIMEDOUT. */
static long wait_word(uint32_t *word, uint32_t value, int shared, uint32_t bits, int64_t until) {
  if (until <= now()) return load(word) == value ? -ETIMEDOUT : -EAGAIN;
  struct wait w = publish(until);
  long r;
  BLOCKING(r, SYS6(SYS_futex, word, FUTEX_WAIT_BITSET | (shared ? 0 : FUTEX_PRIVATE_FLAG), value, NULL, NULL, bits));
  return retract(w) && r == -EINTR ? -ETIMEDOUT : r;
}
static long wait_words(struct futex_waitv *v, long n, long flags, int64_t until) {
  struct wait w = publish(until);
  long r;
  BLOCKING(r, SYS5(SYS_futex_waitv, v, n, flags, NULL, 0));
  return retract(w) && r == -EINTR ? -ETIMEDOUT : r;
}
static void wake_word(uint32_t *word, int n, int shared) { SYS3(SYS_futex, word, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE_FLAG), n); }

long syscall(long n, ...) { /* glib's locks, and much else, call futex() and clocks through this */
  va_list v;
  long a[6];
  va_start(v, n);
  for (int i = 0; i < 6; i++) a[i] = va_arg(v, long);
  va_end(v);
  if (!P) return ret(SYS6(n, a[0], a[1], a[2], a[3], a[4], a[5]));
  struct timespec *t;
  switch (n) {
    case SYS_futex: {
      int op = (int)a[1] & FUTEX_CMD_MASK;
      if ((op != FUTEX_WAIT && op != FUTEX_WAIT_BITSET) || !a[3]) break;
      t = (struct timespec *)a[3];
      int64_t until = op == FUTEX_WAIT ? after(ns_of(t)) : ns_of(t) - zero_of(a[1] & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC);
      return ret(wait_word((uint32_t *)a[0], (uint32_t)a[2], !(a[1] & FUTEX_PRIVATE_FLAG), op == FUTEX_WAIT ? ~0u : (uint32_t)a[5], until));
    }
    case SYS_futex_waitv:
      if (!a[3]) break;
      return ret(wait_words((struct futex_waitv *)a[0], a[1], a[2], ns_of((struct timespec *)a[3]) - zero_of((clockid_t)a[4])));
    case SYS_clock_gettime: return clock_gettime((clockid_t)a[0], (struct timespec *)a[1]);
    case SYS_gettimeofday: return gettimeofday((struct timeval *)a[0], (void *)a[1]);
    case SYS_nanosleep: return nanosleep((struct timespec *)a[0], (struct timespec *)a[1]);
    case SYS_clock_nanosleep: return ret(-clock_nanosleep((clockid_t)a[0], (int)a[1], (struct timespec *)a[2], (struct timespec *)a[3]));
    case SYS_ppoll: return ppoll((struct pollfd *)a[0], (nfds_t)a[1], (struct timespec *)a[2], (sigset_t *)a[3]);
    case SYS_epoll_pwait: return epoll_pwait((int)a[0], (struct epoll_event *)a[1], (int)a[2], (int)a[3], (sigset_t *)a[4]);
    case SYS_sched_yield: return sched_yield();
    case SYS_getrandom: return getrandom((void *)a[0], (size_t)a[1], (unsigned)a[2]);
#ifdef __x86_64__
    case SYS_time: return time((time_t *)a[0]);
    case SYS_poll: return poll((struct pollfd *)a[0], (nfds_t)a[1], (int)a[2]);
    case SYS_epoll_wait: return epoll_wait((int)a[0], (struct epoll_event *)a[1], (int)a[2], (int)a[3]);
    case SYS_select: return select((int)a[0], (fd_set *)a[1], (fd_set *)a[2], (fd_set *)a[3], (struct timeval *)a[4]);
#endif
  }
  return ret(SYS6(n, a[0], a[1], a[2], a[3], a[4], a[5]));
}

/* ---- condition variables: our own, since libc's sleep on words of their own that a deadline cannot be put to ---- */

struct cond { /* lies in the caller's pthread_cond_t; all zero is PTHREAD_COND_INITIALIZER */
  uint32_t seq, waiters, clock, shared, dying;
};
_Static_assert(sizeof(struct cond) <= sizeof(pthread_cond_t), "a cond must fit");
struct leaving {
  struct cond *c;
  pthread_mutex_t *m;
};
static void leave_cond(void *z) {
  struct leaving *l = z;
  uint32_t dying = load(&l->c->dying);
  int shared = (int)l->c->shared;
  if (__atomic_sub_fetch(&l->c->waiters, 1, __ATOMIC_SEQ_CST) == 0 && dying) wake_word(&l->c->waiters, INT32_MAX, shared);
}
static void cancelled_cond(void *z) {
  leave_cond(z);
  pthread_mutex_lock(((struct leaving *)z)->m);
}
/* `t` is absolute on clock k, or NULL. */
static int wait_cond(pthread_cond_t *p, pthread_mutex_t *m, clockid_t k, const struct timespec *t) {
  struct cond *c = (struct cond *)p;
  struct leaving l = {c, m};
  if (t && (t->tv_nsec < 0 || t->tv_nsec >= CG_SECOND)) return EINVAL;
  if (P && t && ns_of(t) - zero_of(k) <= now()) { /* already past: still a moment without the mutex */
    pthread_mutex_unlock(m);
    spun(10);
    pthread_mutex_lock(m);
    return ETIMEDOUT;
  }
  add(&c->waiters, 1);
  uint32_t q = load(&c->seq);
  int e = pthread_mutex_unlock(m);
  if (e) {
    leave_cond(&l);
    return e;
  }
  long r;
  pthread_cleanup_push(cancelled_cond, &l);
  if (P && t) {
    r = wait_word(&c->seq, q, (int)c->shared, ~0u, ns_of(t) - zero_of(k));
  } else {
    if (P) waits_forever();
    int op = FUTEX_WAIT_BITSET | (c->shared ? 0 : FUTEX_PRIVATE_FLAG) | (k == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0);
    BLOCKING(r, SYS6(SYS_futex, &c->seq, op, q, t, NULL, ~0u));
    if (P) hint(1);
  }
  pthread_cleanup_pop(0);
  leave_cond(&l);
  pthread_mutex_lock(m);
  return r == -ETIMEDOUT ? ETIMEDOUT : 0;
}
int pthread_cond_init(pthread_cond_t *restrict p, const pthread_condattr_t *restrict a) {
  struct cond *c = (struct cond *)p;
  clockid_t k = CLOCK_REALTIME;
  int shared = 0;
  if (a) {
    pthread_condattr_getclock(a, &k);
    pthread_condattr_getpshared(a, &shared);
  }
  memset(p, 0, sizeof *p);
  c->clock = (uint32_t)k;
  c->shared = (uint32_t)shared;
  return 0;
}
int pthread_cond_destroy(pthread_cond_t *p) { /* waiters that were woken may still be on their way out */
  struct cond *c = (struct cond *)p;
  store(&c->dying, 1);
  for (uint32_t n; (n = load(&c->waiters));) SYS4(SYS_futex, &c->waiters, FUTEX_WAIT | (c->shared ? 0 : FUTEX_PRIVATE_FLAG), n, NULL);
  store(&c->dying, 0);
  return 0;
}
static int wake_cond(pthread_cond_t *p, int n) {
  struct cond *c = (struct cond *)p;
  add(&c->seq, 1);
  if (load(&c->waiters)) wake_word(&c->seq, n, (int)c->shared);
  return 0;
}
int pthread_cond_signal(pthread_cond_t *p) { return wake_cond(p, 1); }
int pthread_cond_broadcast(pthread_cond_t *p) { return wake_cond(p, INT32_MAX); }
int pthread_cond_wait(pthread_cond_t *restrict p, pthread_mutex_t *restrict m) { return wait_cond(p, m, CLOCK_REALTIME, NULL); }
int pthread_cond_timedwait(pthread_cond_t *restrict p, pthread_mutex_t *restrict m, const struct timespec *restrict t) {
  return wait_cond(p, m, (clockid_t)((struct cond *)p)->clock, t);
}
int pthread_cond_clockwait(pthread_cond_t *restrict p, pthread_mutex_t *restrict m, clockid_t k, const struct timespec *restrict t) {
  return wait_cond(p, m, k, t);
}
int cnd_init(cnd_t *c) { return pthread_cond_init((pthread_cond_t *)c, NULL) ? thrd_error : thrd_success; }
void cnd_destroy(cnd_t *c) { pthread_cond_destroy((pthread_cond_t *)c); }
int cnd_signal(cnd_t *c) { return wake_cond((pthread_cond_t *)c, 1), thrd_success; }
int cnd_broadcast(cnd_t *c) { return wake_cond((pthread_cond_t *)c, INT32_MAX), thrd_success; }
int cnd_wait(cnd_t *c, mtx_t *m) { return wait_cond((pthread_cond_t *)c, (pthread_mutex_t *)m, CLOCK_REALTIME, NULL) ? thrd_error : thrd_success; }
int cnd_timedwait(cnd_t *restrict c, mtx_t *restrict m, const struct timespec *restrict t) {
  int e = wait_cond((pthread_cond_t *)c, (pthread_mutex_t *)m, CLOCK_REALTIME, t);
  return e == ETIMEDOUT ? thrd_timedout : e ? thrd_error : thrd_success;
}

/* ---- semaphores: libc's layout, value below and number of waiters above, so that its sem_post wakes ours ---- */

struct sem {
  uint64_t data;
  int shared; /* 0: private to the process */
};
int sem_clockwait(sem_t *restrict p, clockid_t k, const struct timespec *restrict t) {
  struct sem *s = (struct sem *)p;
  if (t->tv_nsec < 0 || t->tv_nsec >= CG_SECOND) return (int)ret(-EINVAL);
  for (;;) {
    if (!sem_trywait(p)) return 0;
    long r;
    add(&s->data, 1ull << 32);
    if (P)
      r = wait_word((uint32_t *)&s->data, 0, s->shared, ~0u, ns_of(t) - zero_of(k));
    else
      BLOCKING(r, SYS6(SYS_futex, &s->data, FUTEX_WAIT_BITSET | (s->shared ? 0 : FUTEX_PRIVATE_FLAG) | (k == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0), 0, t, NULL, ~0u));
    add(&s->data, -(1ull << 32));
    if (r == -ETIMEDOUT || r == -EINTR) return (int)ret(r);
  }
}
int sem_timedwait(sem_t *restrict p, const struct timespec *restrict t) { return sem_clockwait(p, CLOCK_REALTIME, t); }

/* ---- waits that few programs use: tried again every millisecond of application time ---- */

#define TRY_UNTIL(until, busy, attempt)                       \
  do {                                                        \
    int r_;                                                   \
    while ((r_ = (attempt)) == (busy)) {                      \
      if ((until) <= now()) return ETIMEDOUT;                 \
      int64_t next_ = after(1000000);                         \
      nap_until(next_ < (until) ? next_ : (until));           \
    }                                                         \
    return r_;                                                \
  } while (0)

int pthread_mutex_clocklock(pthread_mutex_t *m, clockid_t k, const struct timespec *t) {
  int64_t until = ns_of(t) - (P ? zero_of(k) : 0);
  if (!P) { /* only our own tests come here: the first process waits on nothing */
    struct timespec n;
    int r;
    while ((r = pthread_mutex_trylock(m)) == EBUSY) {
      SYS2(SYS_clock_gettime, k, &n);
      if (ns_of(&n) >= until) return ETIMEDOUT;
      SYS2(SYS_nanosleep, (&(struct timespec){0, 100000}), NULL);
    }
    return r;
  }
  TRY_UNTIL(until, EBUSY, pthread_mutex_trylock(m));
}
int pthread_mutex_timedlock(pthread_mutex_t *restrict m, const struct timespec *restrict t) { return pthread_mutex_clocklock(m, CLOCK_REALTIME, t); }
int mtx_timedlock(mtx_t *restrict m, const struct timespec *restrict t) {
  int e = pthread_mutex_timedlock((pthread_mutex_t *)m, t);
  return e == ETIMEDOUT ? thrd_timedout : e ? thrd_error : thrd_success;
}
static int64_t until_of(clockid_t k, const struct timespec *t) { return P ? ns_of(t) - zero_of(k) : 0; }
#define PASS_OR_TRY(k, t, busy, attempt)                       \
  do {                                                         \
    if (!P) { int r_ = (attempt); return r_ == (busy) ? ETIMEDOUT : r_; } \
    TRY_UNTIL(until_of(k, t), busy, attempt);                  \
  } while (0)
int pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict l, clockid_t k, const struct timespec *restrict t) { PASS_OR_TRY(k, t, EBUSY, pthread_rwlock_tryrdlock(l)); }
int pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict l, clockid_t k, const struct timespec *restrict t) { PASS_OR_TRY(k, t, EBUSY, pthread_rwlock_trywrlock(l)); }
int pthread_rwlock_timedrdlock(pthread_rwlock_t *restrict l, const struct timespec *restrict t) { PASS_OR_TRY(CLOCK_REALTIME, t, EBUSY, pthread_rwlock_tryrdlock(l)); }
int pthread_rwlock_timedwrlock(pthread_rwlock_t *restrict l, const struct timespec *restrict t) { PASS_OR_TRY(CLOCK_REALTIME, t, EBUSY, pthread_rwlock_trywrlock(l)); }
int pthread_clockjoin_np(pthread_t h, void **v, clockid_t k, const struct timespec *t) { PASS_OR_TRY(k, t, EBUSY, pthread_tryjoin_np(h, v)); }
int pthread_timedjoin_np(pthread_t h, void **v, const struct timespec *t) { PASS_OR_TRY(CLOCK_REALTIME, t, EBUSY, pthread_tryjoin_np(h, v)); }
int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info, const struct timespec *restrict t) {
  long r;
  if (!P || !t) {
    BLOCKING(r, SYS4(SYS_rt_sigtimedwait, set, info, t, 8));
    return (int)ret(r);
  }
  struct timespec zero = {0, 0};
  for (int64_t until = after(ns_of(t));;) {
    r = SYS4(SYS_rt_sigtimedwait, set, info, &zero, 8);
    if (r != -EAGAIN || until <= now()) return (int)ret(r);
    int64_t next = after(1000000);
    r = nap_until(next < until ? next : until);
    if (r) return (int)ret(r);
  }
}
#include "randomness.h"
#include "timers.h"
