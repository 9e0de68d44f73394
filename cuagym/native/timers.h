/* The second half of clock.c: timers that act by themselves (timerfd, setitimer, alarm, timer_create).
 *
 * One service thread per process that uses any waits, as every other wait does, for the earliest of them. A timerfd
 * is an eventfd in disguise, which reads alike: eight bytes with the number of expirations. */

#define TIMERS 256
enum timer_kind { T_FREE, T_FD, T_ITIMER, T_POSIX };
struct timer {
  enum timer_kind kind;
  int fd; /* T_FD */
  clockid_t clock;
  int64_t deadline, interval; /* CG_NEVER: disarmed */
  struct sigevent event;      /* T_POSIX */
  int overrun;
};
static struct timer timers[TIMERS];
static pthread_mutex_t timers_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t timers_word;
static int timers_served;

static void forget_timers(void) { /* a forked child has neither the thread nor, but for descriptors, the timers */
  pthread_mutex_init(&timers_lock, NULL);
  timers_served = 0;
  for (int i = 0; i < TIMERS; i++) timers[i].kind = T_FREE;
}

static void *call_event(void *z) {
  struct sigevent *e = z, copy = *e;
  free(z);
  copy.sigev_notify_function(copy.sigev_value);
  return NULL;
}
static void expire(int i, uint64_t times) {
  struct timer *t = &timers[i];
  int pid = (int)SYS1(SYS_getpid, 0);
  if (t->kind == T_FD) {
    SYS3(SYS_write, t->fd, &times, 8);
  } else if (t->kind == T_ITIMER) {
    SYS2(SYS_kill, pid, SIGALRM);
  } else if (t->event.sigev_notify == SIGEV_THREAD) {
    pthread_t h;
    struct sigevent *copy = malloc(sizeof *copy);
    if (!copy) return;
    *copy = t->event;
    if (pthread_create(&h, NULL, call_event, copy)) free(copy);
    else pthread_detach(h);
  } else if (t->event.sigev_notify != SIGEV_NONE) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = t->event.sigev_signo;
    info.si_code = SI_TIMER;
    info.si_value = t->event.sigev_value;
    t->overrun = (int)times - 1;
    if (t->event.sigev_notify == SIGEV_THREAD_ID) SYS4(SYS_rt_tgsigqueueinfo, pid, t->event._sigev_un._tid, info.si_signo, &info);
    else SYS3(SYS_rt_sigqueueinfo, pid, info.si_signo, &info);
  }
}
static void *serve_timers(void *z) {
  for (;;) {
    pthread_mutex_lock(&timers_lock);
    int64_t next = CG_NEVER, v = now();
    uint32_t word = load(&timers_word);
    for (int i = 0; i < TIMERS; i++) {
      struct timer *t = &timers[i];
      if (t->kind == T_FREE || t->deadline == CG_NEVER) continue;
      if (t->deadline <= v) {
        uint64_t times = t->interval ? 1 + (uint64_t)((v - t->deadline) / t->interval) : 1;
        t->deadline = t->interval ? t->deadline + (int64_t)times * t->interval : CG_NEVER;
        expire(i, times);
      }
      if (t->deadline < next) next = t->deadline;
    }
    pthread_mutex_unlock(&timers_lock);
    if (next == CG_NEVER) SYS6(SYS_futex, &timers_word, FUTEX_WAIT_PRIVATE, word, NULL, NULL, 0);
    else wait_word(&timers_word, word, 0, ~0u, next);
  }
  return z;
}
static int set_timer(struct timer *t, int absolute, const struct itimerspec *n) { /* with the lock held */
  if (n->it_value.tv_nsec < 0 || n->it_value.tv_nsec >= CG_SECOND || n->it_interval.tv_nsec < 0 || n->it_interval.tv_nsec >= CG_SECOND) return -EINVAL;
  int64_t ns = ns_of(&n->it_value);
  t->interval = ns_of(&n->it_interval);
  t->deadline = !ns ? CG_NEVER : absolute ? ns - zero_of(t->clock) : after(ns);
  add(&timers_word, 1);
  if (!timers_served) {
    pthread_t h;
    sigset_t all, old;
    sigfillset(&all); /* the program's signals are for the program's threads */
    pthread_sigmask(SIG_BLOCK, &all, &old);
    int e = pthread_create(&h, NULL, serve_timers, NULL);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (e) return -e;
    pthread_detach(h);
    timers_served = 1;
  }
  wake_word(&timers_word, 1, 0);
  return 0;
}
static void get_timer(const struct timer *t, struct itimerspec *o) {
  int64_t rest = t->deadline == CG_NEVER ? 0 : t->deadline > now() ? t->deadline - now() : 1;
  o->it_value = (struct timespec){rest / CG_SECOND, rest % CG_SECOND};
  o->it_interval = (struct timespec){t->interval / CG_SECOND, t->interval % CG_SECOND};
}
static int new_timer(enum timer_kind kind, clockid_t clock) { /* with the lock held; an index or -EAGAIN */
  for (int i = 0; i < TIMERS; i++)
    if (timers[i].kind == T_FREE) {
      timers[i] = (struct timer){.kind = kind, .fd = -1, .clock = clock, .deadline = CG_NEVER};
      return i;
    }
  return -EAGAIN;
}
static struct timer *of_fd(int fd) {
  for (int i = 0; i < TIMERS; i++)
    if (timers[i].kind == T_FD && timers[i].fd == fd) return &timers[i];
  return NULL;
}

int timerfd_create(clockid_t k, int flags) {
  if (!P) return (int)ret(SYS2(SYS_timerfd_create, k, flags));
  long fd = SYS2(SYS_eventfd2, 0, flags & (TFD_NONBLOCK | TFD_CLOEXEC));
  if (fd < 0) return (int)ret(fd);
  pthread_mutex_lock(&timers_lock);
  int i = new_timer(T_FD, k);
  if (i >= 0) timers[i].fd = (int)fd;
  pthread_mutex_unlock(&timers_lock);
  if (i < 0) SYS1(SYS_close, fd);
  return i < 0 ? (int)ret(i) : (int)fd;
}
int timerfd_settime(int fd, int flags, const struct itimerspec *n, struct itimerspec *o) {
  if (!P) return (int)ret(SYS4(SYS_timerfd_settime, fd, flags, n, o));
  pthread_mutex_lock(&timers_lock);
  struct timer *t = of_fd(fd);
  int e = t ? 0 : -EINVAL;
  if (t) {
    uint64_t stale;
    struct pollfd f = {fd, POLLIN, 0};
    struct timespec zero = {0, 0};
    if (SYS5(SYS_ppoll, &f, 1, &zero, NULL, 8) > 0) SYS3(SYS_read, fd, &stale, 8); /* setting forgets expirations */
    if (o) get_timer(t, o);
    e = set_timer(t, flags & TFD_TIMER_ABSTIME, n);
  }
  pthread_mutex_unlock(&timers_lock);
  return (int)ret(e);
}
int timerfd_gettime(int fd, struct itimerspec *o) {
  if (!P) return (int)ret(SYS2(SYS_timerfd_gettime, fd, o));
  pthread_mutex_lock(&timers_lock);
  struct timer *t = of_fd(fd);
  if (t) get_timer(t, o);
  pthread_mutex_unlock(&timers_lock);
  return t ? 0 : (int)ret(-EINVAL);
}
int close(int fd) { /* else a timer would write into whatever takes the number next */
  if (P && __atomic_load_n(&timers_served, __ATOMIC_RELAXED)) {
    pthread_mutex_lock(&timers_lock);
    struct timer *t = of_fd(fd);
    if (t) t->kind = T_FREE;
    pthread_mutex_unlock(&timers_lock);
  }
  long r;
  BLOCKING(r, SYS1(SYS_close, fd));
  return (int)ret(r);
}

static struct timer *itimer(void) { /* with the lock held */
  for (int i = 0; i < TIMERS; i++)
    if (timers[i].kind == T_ITIMER) return &timers[i];
  int i = new_timer(T_ITIMER, CLOCK_MONOTONIC);
  return i < 0 ? NULL : &timers[i];
}
int setitimer(__itimer_which_t which, const struct itimerval *restrict n, struct itimerval *restrict o) {
  if (!P || which != ITIMER_REAL) return (int)ret(SYS3(SYS_setitimer, which, n, o));
  struct itimerspec old = {{0, 0}, {0, 0}}, new = {{0, 0}, {0, 0}};
  if (n) {
    new.it_value = (struct timespec){n->it_value.tv_sec, n->it_value.tv_usec * 1000L};
    new.it_interval = (struct timespec){n->it_interval.tv_sec, n->it_interval.tv_usec * 1000L};
  }
  pthread_mutex_lock(&timers_lock);
  struct timer *t = itimer();
  if (t) get_timer(t, &old);
  int e = t ? set_timer(t, 0, &new) : -EAGAIN;
  pthread_mutex_unlock(&timers_lock);
  if (o) {
    o->it_value = (struct timeval){old.it_value.tv_sec, old.it_value.tv_nsec / 1000};
    o->it_interval = (struct timeval){old.it_interval.tv_sec, old.it_interval.tv_nsec / 1000};
  }
  return (int)ret(e);
}
int getitimer(__itimer_which_t which, struct itimerval *o) {
  if (!P || which != ITIMER_REAL) return (int)ret(SYS2(SYS_getitimer, which, o));
  struct itimerspec t = {{0, 0}, {0, 0}};
  pthread_mutex_lock(&timers_lock);
  struct timer *it = itimer();
  if (it) get_timer(it, &t);
  pthread_mutex_unlock(&timers_lock);
  o->it_value = (struct timeval){t.it_value.tv_sec, t.it_value.tv_nsec / 1000};
  o->it_interval = (struct timeval){t.it_interval.tv_sec, t.it_interval.tv_nsec / 1000};
  return 0;
}
unsigned alarm(unsigned s) {
  struct itimerval n = {{0, 0}, {s, 0}}, o = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &n, &o);
  return (unsigned)o.it_value.tv_sec + (o.it_value.tv_usec > 0);
}
useconds_t ualarm(useconds_t us, useconds_t every) {
  struct itimerval n = {{every / 1000000, every % 1000000}, {us / 1000000, us % 1000000}}, o = {{0, 0}, {0, 0}};
  setitimer(ITIMER_REAL, &n, &o);
  return (useconds_t)(o.it_value.tv_sec * 1000000 + o.it_value.tv_usec);
}

/* POSIX timers: the identifier is the index + 1. Outside a desktop nobody calls these through us. */
static struct timer *of_id(timer_t id) {
  intptr_t i = (intptr_t)id - 1;
  return i >= 0 && i < TIMERS && timers[i].kind == T_POSIX ? &timers[i] : NULL;
}
int timer_create(clockid_t k, struct sigevent *restrict e, timer_t *restrict id) {
  pthread_mutex_lock(&timers_lock);
  int i = P ? new_timer(T_POSIX, k) : -ENOSYS;
  if (i >= 0) {
    if (e) timers[i].event = *e;
    else timers[i].event = (struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM, .sigev_value.sival_int = i + 1};
    *id = (timer_t)(intptr_t)(i + 1);
  }
  pthread_mutex_unlock(&timers_lock);
  return i < 0 ? (int)ret(i) : 0;
}
int timer_settime(timer_t id, int flags, const struct itimerspec *restrict n, struct itimerspec *restrict o) {
  pthread_mutex_lock(&timers_lock);
  struct timer *t = of_id(id);
  if (t && o) get_timer(t, o);
  int e = t ? set_timer(t, flags & TIMER_ABSTIME, n) : -EINVAL;
  pthread_mutex_unlock(&timers_lock);
  return (int)ret(e);
}
int timer_gettime(timer_t id, struct itimerspec *o) {
  pthread_mutex_lock(&timers_lock);
  struct timer *t = of_id(id);
  if (t) get_timer(t, o);
  pthread_mutex_unlock(&timers_lock);
  return t ? 0 : (int)ret(-EINVAL);
}
int timer_getoverrun(timer_t id) {
  struct timer *t = of_id(id);
  return t ? t->overrun : (int)ret(-EINVAL);
}
int timer_delete(timer_t id) {
  pthread_mutex_lock(&timers_lock);
  struct timer *t = of_id(id);
  if (t) t->kind = T_FREE;
  pthread_mutex_unlock(&timers_lock);
  return t ? 0 : (int)ret(-EINVAL);
}
