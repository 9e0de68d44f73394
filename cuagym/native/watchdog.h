/* A part of init.c, on the host, beside each sandbox: nothing inside keeps a CPU to itself.
 *
 * The threads of a desktop run in strict turns (SCHED_FIFO; desktop/clock.py), each until it sleeps. One that does not
 * sleep would keep everybody of lower rank off its CPU but for the kernel's reserve, and of its own rank for ever:
 * the first process, which serves the owner and ends the sandbox with it, other desktops, even one whose work in
 * the kernel it spins for. So once a second we look for a thread that has run all the time since without a sleep, and
 * then schedule the whole sandbox as everybody else is. The controller gives turns back when it has slept. */

#include <time.h>

enum { WATCHED = 4096, LOOKS_APART = 1000 /* ms */ };
struct watched {
  pid_t tid;
  long long cpu, sleeps; /* ns, and how often it has waited for something */
};
struct look {
  struct watched thread[WATCHED];
  int threads;
};

static long long cpu_ns(pid_t pid) { /* of all threads of a process; -1: gone */
  struct timespec t;
  clockid_t c = (clockid_t)((~(unsigned)pid << 3) | 2);
  return clock_gettime(c, &t) ? -1 : t.tv_sec * 1000000000LL + t.tv_nsec;
}
static int text_of(pid_t tid, const char *what, char *text, int room) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)tid, what);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t n = fd < 0 ? 0 : read(fd, text, (size_t)room - 1);
  if (fd >= 0) close(fd);
  text[n > 0 ? n : 0] = 0;
  return n > 0;
}
static long long sleeps_of(pid_t tid) {
  char text[4096], *at;
  if (!text_of(tid, "status", text, sizeof text) || !(at = strstr(text, "\nvoluntary_ctxt_switches:"))) return -1;
  return strtoll(at + 25, NULL, 10);
}
/* Calls `visit` with every process at and below one, and with its thread, for each. */
static void walk(pid_t pid, void (*visit)(pid_t pid, pid_t tid, void *), void *with) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
  DIR *tasks = opendir(path);
  for (struct dirent *e; tasks && (e = readdir(tasks));) {
    char what[64], children[4096], *at = children, *end;
    pid_t tid = (pid_t)atoi(e->d_name);
    if (tid <= 0) continue;
    visit(pid, tid, with);
    snprintf(what, sizeof what, "task/%d/children", (int)tid);
    if (!text_of(pid, what, children, sizeof children)) continue;
    for (long child; (child = strtol(at, &end, 10)) > 0 && end != at; at = end) walk((pid_t)child, visit, with);
  }
  if (tasks) closedir(tasks);
}
static void note(pid_t pid, pid_t tid, void *with) {
  struct look *l = with;
  (void)pid;
  char text[64]; /* what a clock tells of a process, of another's thread only this file does */
  if (l->threads == WATCHED || !text_of(tid, "schedstat", text, sizeof text)) return;
  l->thread[l->threads++] = (struct watched){tid, strtoll(text, NULL, 10), sleeps_of(tid)};
}
static void be_fair(pid_t pid, pid_t tid, void *with) {
  (void)pid;
  (void)with;
  if (sched_getscheduler(tid) == SCHED_FIFO) sched_setscheduler(tid, SCHED_BATCH, &(struct sched_param){0});
}
static void sum_up(pid_t pid, pid_t tid, void *with) {
  if (pid == tid) *(long long *)with += cpu_ns(pid);
}

/* Until the sandbox ends. */
static void watch(void) {
  static struct look one, other;
  struct look *before = &one, *now = &other;
  char path[64], text[64];
  snprintf(path, sizeof path, "task/%d/children", (int)getpid());
  pid_t first = text_of(getpid(), path, text, sizeof text) ? (pid_t)atoi(text) : 0;
  int fd = first > 0 ? (int)syscall(SYS_pidfd_open, first, 0) : -1;
  if (fd < 0) return;
  struct pollfd end = {fd, POLLIN, 0};
  long long busy = 0;
  while (poll(&end, 1, LOOKS_APART) <= 0) {
    if (sched_getscheduler(first) != SCHED_FIFO) {
      before->threads = 0;
      continue;
    }
    long long sum = 0;
    walk(first, sum_up, &sum);
    int idle = sum - busy < LOOKS_APART * 500000LL; /* nobody can have run all the time */
    busy = sum;
    now->threads = 0;
    if (!idle) walk(first, note, now);
    for (int i = 0; i < now->threads; i++)
      for (int k = 0; k < before->threads; k++) {
        struct watched *a = &before->thread[k], *b = &now->thread[i];
        if (a->tid != b->tid || a->sleeps != b->sleeps || b->cpu - a->cpu < LOOKS_APART * 500000LL) continue;
        walk(first, be_fair, NULL);
        i = now->threads;
        break;
      }
    struct look *t = before;
    before = now;
    now = t;
  }
  close(fd);
}
