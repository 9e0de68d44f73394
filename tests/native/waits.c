/* Waits in every way that a program can; `waits WAY` prints what it saw, on application time. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static long long ms(clockid_t c) {
  struct timespec t;
  clock_gettime(c, &t);
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}
static struct timespec in(clockid_t c, long milliseconds) {
  struct timespec t;
  clock_gettime(c, &t);
  long long ns = t.tv_sec * 1000000000LL + t.tv_nsec + milliseconds * 1000000LL;
  return (struct timespec){ns / 1000000000, ns % 1000000000};
}
static const struct timespec T300 = {0, 300000000};
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t c = PTHREAD_COND_INITIALIZER;
static int flag, rang;
static void ring(int s) { rang += s > 0; }
static void ring_value(union sigval v) { __atomic_store_n(&rang, v.sival_int, __ATOMIC_SEQ_CST); }

static int w_poll(void) { return poll(NULL, 0, 300); }
static int w_ppoll(void) { return ppoll(NULL, 0, &T300, NULL); }
static int w_blocked(void) { /* a thread that blocks every signal must wake all the same */
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  return ppoll(NULL, 0, &T300, &all);
}
static int w_reset(void) { /* a program that resets every signal must not die of ours */
  for (int s = 1; s < 65; s++) signal(s, SIG_DFL);
  return poll(NULL, 0, 300);
}
static int w_select(void) { return select(0, NULL, NULL, NULL, &(struct timeval){0, 300000}); }
static int w_select_fd(void) {
  int p[2];
  fd_set s;
  struct timeval t = {0, 300000};
  if (pipe(p)) return -1;
  FD_ZERO(&s);
  FD_SET(p[0], &s);
  int k = select(p[0] + 1, &s, NULL, NULL, &t);
  return k || FD_ISSET(p[0], &s) || t.tv_usec;
}
static int w_pselect(void) { return pselect(0, NULL, NULL, NULL, &T300, NULL); }
static int w_epoll(void) {
  struct epoll_event e;
  return epoll_wait(epoll_create1(0), &e, 1, 300);
}
static int w_epoll2(void) {
  struct epoll_event e;
  return epoll_pwait2(epoll_create1(0), &e, 1, &T300, NULL);
}
static int w_nanosleep(void) { return nanosleep(&T300, NULL); }
static int w_clock_nanosleep(void) { return clock_nanosleep(CLOCK_MONOTONIC, 0, &T300, NULL); }
static int w_absolute(void) {
  struct timespec t = in(CLOCK_REALTIME, 300);
  return clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL);
}
static int w_usleep(void) { return usleep(300000); }
static int w_thrd_sleep(void) { return thrd_sleep(&T300, NULL); }
static int w_cond(void) {
  struct timespec t = in(CLOCK_REALTIME, 300);
  pthread_mutex_lock(&m);
  int e = pthread_cond_timedwait(&c, &m, &t);
  pthread_mutex_unlock(&m);
  return e != ETIMEDOUT;
}
static int w_cond_monotonic(void) {
  pthread_condattr_t a;
  pthread_cond_t k;
  pthread_condattr_init(&a);
  pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
  pthread_cond_init(&k, &a);
  struct timespec t = in(CLOCK_MONOTONIC, 300);
  pthread_mutex_lock(&m);
  int e = pthread_cond_timedwait(&k, &m, &t);
  pthread_mutex_unlock(&m);
  return e != ETIMEDOUT || pthread_cond_destroy(&k);
}
static int w_cond_clock(void) {
  struct timespec t = in(CLOCK_MONOTONIC, 300);
  pthread_mutex_lock(&m);
  int e = pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &t);
  pthread_mutex_unlock(&m);
  return e != ETIMEDOUT;
}
static int w_cnd(void) {
  cnd_t k;
  mtx_t x;
  cnd_init(&k);
  mtx_init(&x, mtx_plain);
  struct timespec t = in(CLOCK_REALTIME, 300);
  mtx_lock(&x);
  return cnd_timedwait(&k, &x, &t) != thrd_timedout;
}
static int w_sem(void) {
  sem_t s;
  sem_init(&s, 0, 0);
  struct timespec t = in(CLOCK_REALTIME, 300);
  return !(sem_timedwait(&s, &t) == -1 && errno == ETIMEDOUT);
}
static int w_futex(void) {
  int word = 0;
  return !(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &T300, NULL, 0) == -1 && errno == ETIMEDOUT);
}
static int w_futex_bitset(void) {
  int word = 0;
  struct timespec t = in(CLOCK_MONOTONIC, 300);
  return !(syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 0, &t, NULL, 1) == -1 && errno == ETIMEDOUT);
}
static int w_timerfd(void) {
  struct itimerspec t = {{0, 100000000}, {0, 100000000}}; /* every 100 ms */
  int fd = timerfd_create(CLOCK_MONOTONIC, 0);
  uint64_t n, sum = 0;
  timerfd_settime(fd, 0, &t, NULL);
  while (sum < 3) {
    struct pollfd f = {fd, POLLIN, 0};
    if (poll(&f, 1, -1) != 1 || read(fd, &n, 8) != 8) return 1;
    sum += n;
  }
  return close(fd); /* on a busy machine, outside a desktop, one read may tell of more than one and sum be above 3 */
}
static int w_alarm(void) {
  signal(SIGALRM, ring);
  setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 300000}}, NULL);
  pause();
  return !rang;
}
static int w_timer_signal(void) {
  timer_t t;
  signal(SIGALRM, ring);
  if (timer_create(CLOCK_MONOTONIC, NULL, &t)) return 1;
  timer_settime(t, 0, &(struct itimerspec){{0, 0}, T300}, NULL);
  pause();
  return !rang || timer_delete(t);
}
static int w_timer_thread(void) {
  timer_t t;
  struct sigevent e = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = ring_value, .sigev_value.sival_int = 7};
  if (timer_create(CLOCK_REALTIME, &e, &t)) return 1;
  timer_settime(t, 0, &(struct itimerspec){{0, 0}, {0, 290000000}}, NULL);
  poll(NULL, 0, 300);
  return __atomic_load_n(&rang, __ATOMIC_SEQ_CST) != 7;
}
static void *hold(void *z) {
  pthread_mutex_lock(&m);
  flag = 1;
  poll(NULL, 0, 1000);
  pthread_mutex_unlock(&m);
  return z;
}
static int w_mutex(void) {
  pthread_t t;
  pthread_create(&t, NULL, hold, NULL);
  while (!__atomic_load_n(&flag, __ATOMIC_SEQ_CST)) sched_yield();
  struct timespec until = in(CLOCK_REALTIME, 300);
  return pthread_mutex_timedlock(&m, &until) != ETIMEDOUT;
}
static void *signal_later(void *z) {
  usleep(300000);
  pthread_mutex_lock(&m);
  flag = 2;
  pthread_cond_signal(&c);
  pthread_mutex_unlock(&m);
  return z;
}
static int w_threads(void) { /* woken by another thread before the deadline */
  pthread_t t;
  struct timespec until = in(CLOCK_REALTIME, 5000);
  int e = 0;
  pthread_create(&t, NULL, signal_later, NULL);
  pthread_mutex_lock(&m);
  while (flag != 2 && !e) e = pthread_cond_timedwait(&c, &m, &until);
  pthread_mutex_unlock(&m);
  return e || pthread_join(t, NULL);
}
static int w_untimed(void) { /* a wait without a deadline, ended by a thread that has one */
  pthread_t t;
  pthread_create(&t, NULL, signal_later, NULL);
  pthread_mutex_lock(&m);
  while (flag != 2) pthread_cond_wait(&c, &m);
  pthread_mutex_unlock(&m);
  return pthread_join(t, NULL);
}
static int w_processes(void) { /* a child sleeps, the parent waits for its byte with a longer timeout */
  int p[2];
  char b;
  if (pipe(p)) return 1;
  if (!fork()) {
    usleep(300000);
    _exit(write(p[1], "x", 1) != 1);
  }
  struct pollfd f = {p[0], POLLIN, 0};
  int status;
  return poll(&f, 1, 5000) != 1 || read(p[0], &b, 1) != 1 || wait(&status) < 0 || status;
}
static int w_shared(void) { /* a process-shared condition variable and semaphore */
  struct both {
    pthread_mutex_t m;
    pthread_cond_t c;
    sem_t s;
  } *b = mmap(NULL, sizeof *b, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t ma;
  pthread_condattr_t ca;
  pthread_mutexattr_init(&ma);
  pthread_condattr_init(&ca);
  pthread_mutexattr_setpshared(&ma, 1);
  pthread_condattr_setpshared(&ca, 1);
  pthread_mutex_init(&b->m, &ma);
  pthread_cond_init(&b->c, &ca);
  sem_init(&b->s, 1, 0);
  if (!fork()) {
    usleep(100000);
    sem_post(&b->s);
    usleep(200000);
    pthread_mutex_lock(&b->m);
    pthread_cond_signal(&b->c);
    pthread_mutex_unlock(&b->m);
    _exit(0);
  }
  pthread_mutex_lock(&b->m);
  struct timespec t = in(CLOCK_REALTIME, 5000);
  if (sem_timedwait(&b->s, &t)) return 1;
  int e = pthread_cond_timedwait(&b->c, &b->m, &t);
  return e || wait(NULL) < 0;
}
static int w_exec(void) {
  pid_t child = fork();
  if (!child) execlp("env", "env", "-i", "/usr/bin/sleep", "0.3", (char *)NULL);
  int status;
  return waitpid(child, &status, 0) != child || status;
}
static int w_spawned(void) { return system("sleep 0.1; sleep 0.2"); }
static void *die(void *z) {
  usleep(100000);
  return z;
}
static int w_thread_dies(void) { /* a thread is cancelled, and a child killed, while they wait with deadlines */
  pthread_t t;
  pthread_create(&t, NULL, hold, NULL);
  pid_t child = fork();
  if (!child) {
    poll(NULL, 0, 250);
    _exit(0);
  }
  usleep(100000);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  pthread_cancel(t);
  pthread_join(t, NULL);
  usleep(200000);
  return 0;
}
static int w_cancel_cond(void) {
  pthread_t t;
  flag = 0;
  pthread_create(&t, NULL, (void *(*)(void *))w_untimed, NULL);
  usleep(100000);
  pthread_cancel(t);
  usleep(200000);
  return 0;
}
static int w_spin(void) {
  for (long long end = ms(CLOCK_MONOTONIC) + 300; ms(CLOCK_MONOTONIC) < end;) {}
  return 0;
}
static int w_yield(void) {
  pthread_t t;
  pthread_create(&t, NULL, signal_later, NULL);
  while (__atomic_load_n(&flag, __ATOMIC_SEQ_CST) != 2) sched_yield();
  return pthread_join(t, NULL);
}
static int w_many(void) { /* threads with staggered deadlines end in order */
  pthread_t t[20];
  for (int i = 0; i < 20; i++) pthread_create(&t[i], NULL, die, NULL);
  for (int i = 0; i < 20; i++) pthread_join(t[i], NULL);
  usleep(200000);
  return 0;
}
static int w_stat(void) { /* what is written now bears the desktop's date */
  struct stat s;
  usleep(300000);
  FILE *f = fopen("/tmp/stamp", "w");
  fputs("x", f);
  fclose(f);
  if (stat("/tmp/stamp", &s)) return 1;
  long long age = ms(CLOCK_REALTIME) - (s.st_mtim.tv_sec * 1000LL + s.st_mtim.tv_nsec / 1000000);
  return age < 0 || age > 2000;
}
static int w_socket(void) { /* a deadline that never comes, because bytes do */
  int p[2];
  pthread_t t;
  if (pipe(p)) return 1;
  pthread_create(&t, NULL, die, NULL);
  for (int i = 0; i < 3; i++) {
    char b;
    if (!fork()) {
      usleep(100000);
      _exit(write(p[1], "x", 1) != 1);
    }
    struct pollfd f = {p[0], POLLIN, 0};
    if (poll(&f, 1, 60000) != 1 || read(p[0], &b, 1) != 1) return 1;
    wait(NULL);
  }
  return pthread_join(t, NULL);
}

#define WAY(name) {#name, w_##name}
static const struct { const char *name; int (*run)(void); } ways[] = {
    WAY(poll), WAY(ppoll), WAY(blocked), WAY(reset), WAY(select), WAY(select_fd), WAY(pselect), WAY(epoll), WAY(epoll2), WAY(nanosleep),
    WAY(clock_nanosleep), WAY(absolute), WAY(usleep), WAY(thrd_sleep), WAY(cond), WAY(cond_monotonic), WAY(cond_clock), WAY(cnd), WAY(sem),
    WAY(futex), WAY(futex_bitset), WAY(timerfd), WAY(alarm), WAY(timer_signal), WAY(timer_thread), WAY(mutex), WAY(threads), WAY(untimed),
    WAY(processes), WAY(shared), WAY(exec), WAY(spawned), WAY(thread_dies), WAY(cancel_cond), WAY(spin), WAY(yield), WAY(many), WAY(stat), WAY(socket)};

int main(int argc, char **argv) {
  if (argc < 2) {
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) puts(ways[i].name);
    return 0;
  }
  if (!strcmp(argv[1], "spin for ever")) for (;;) ms(CLOCK_MONOTONIC);
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
    if (!strcmp(ways[i].name, argv[1])) {
      long long before = ms(CLOCK_MONOTONIC), date = ms(CLOCK_REALTIME);
      int wrong = ways[i].run();
      printf("%s %lld %lld\n", wrong ? "wrong" : "right", ms(CLOCK_MONOTONIC) - before, ms(CLOCK_REALTIME) - date);
      return !!wrong;
    }
  return 2;
}
