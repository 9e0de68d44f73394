/* The first process (PID 1) of every sandbox: starts programs for the host, opens files for it, reaps, and ends the
 * whole sandbox when its owner ends. sandbox/control.py is the other end.
 *
 *     init --processes N [--clock]      fd 3: a pidfd of the owner;  fd 4: a pipe on which we say "1" when ready
 *
 * It runs as the agent's user and trusts nobody inside: only peers from outside its pid namespace are heard, and it is
 * not dumpable, so that the agent cannot trace it. It never waits with a timeout and never blocks but in poll(-1):
 * the controller of application time takes it for one of the desktop's processes, and must see it asleep.
 *
 *     init --reap PROGRAM ARGUMENTS...  on the host: runs PROGRAM, which starts a sandbox and leaves it, and reaps what it
 *                                       left: no ended sandbox waits for the machine's own first process. fd 4: says
 *                                       "2" when PROGRAM is done, "x" when it failed. watchdog.h is its other duty
 *
 *     init --with [--cpu N] [--join FILE]... --run FOLDER [--root FOLDER] PROGRAM ARGUMENTS...
 *                                       on the host: becomes PROGRAM on a CPU, in control groups, with mounts of its own:
 *                                       one folder at /run, the other at /run/cuagym-root, and itself as tar
 *
 *     tar --create|--extract --gzip ... on the host, for CRIU: becomes tar, and does not compress
 *
 *     init --last-pid PID [N]           on the host: prints the last pid given out in the pid namespace of PID, or makes it N
 *
 * Requests are single SOCK_SEQPACKET messages of fields that each end in a NUL; the first names the operation:
 *     S cwd stdio argc argv... env...   start a program; stdio: which of 0, 1, 2 come along as descriptors ("02")
 *     O path flags mode                 open a file          -> a descriptor
 *     C path                            connect to a socket  -> a descriptor
 *     K pid signal                      pid < 0: the process group
 *     P                                 the descriptor that comes along is the owner's pidfd from now on; none: no owner
 * Each is answered by one "R value" (negative: -errno), and a program's end by an "X pid status" to the connection
 * that started it, never before the R that named it. */
#define _GNU_SOURCE
#include "clock.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTROL "/run/cuagym/control"
#define RESTORED "/run/cuagym-root"
#define TAR "/run/tar"
#define HERE "/run:" /* what the PATH of CRIU begins with */
enum { OWNER = 3, READY = 4, CONNECTIONS = 16, CHILDREN = 4096, MESSAGE = 128 * 1024, FIELDS = 8192, OPEN_FILES = 4096 };
enum { NOBODY = -1, UNWANTED = -2 };
enum { FIRST_PID = 32 };

struct connection {
  int fd;          /* -1: this place is free */
  int exec;        /* becomes readable when the program being started has begun or could not; -1: none is */
  pid_t starting;  /* that program; its end is not told before its beginning */
  char reply[32];  /* not sent yet; "": none. The next request is read only after it */
  int reply_fd;    /* goes with it; -1: none */
};
struct child {
  pid_t pid;       /* 0: this place is free */
  int connection;  /* who is told of its end; NOBODY: whoever takes over with P; UNWANTED: it never began */
  bool ended;
  int status;
};
static struct connection connections[CONNECTIONS];
static struct child children[CHILDREN];
static int used; /* no child's place lies at or above this one */
static int owner = OWNER, signals, listener;

static void die(const char *what) {
  dprintf(2, "the sandbox's first process: %s: %s\n", what, strerror(errno));
  _exit(1);
}

/* ---- answering ---- */

static void drop(struct connection *c) {
  close(c->fd);
  if (c->exec >= 0) close(c->exec);
  if (c->reply_fd >= 0) close(c->reply_fd);
  c->fd = c->exec = c->reply_fd = -1;
  for (int i = 0; i < used; i++)
    if (children[i].connection == c - connections) children[i].connection = NOBODY;
}

static void answer(struct connection *c, long value, int fd) {
  snprintf(c->reply, sizeof c->reply, "R %ld", value);
  c->reply_fd = fd;
}

static bool tell(struct connection *c, const char *text, int fd) {
  union {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
  } control = {0};
  struct iovec io = {(void *)text, strlen(text)};
  struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1};
  if (fd >= 0) {
    m.msg_control = control.bytes;
    m.msg_controllen = sizeof control.bytes;
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(h), &fd, sizeof fd);
  }
  if (sendmsg(c->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0) return true;
  if (errno != EAGAIN && errno != EINTR) drop(c);
  return false;
}

static bool owed(struct connection *c, struct child *k) {
  return k->ended && k->connection == c - connections && k->pid != c->starting;
}

static bool owes(struct connection *c) {
  if (*c->reply) return true;
  for (int i = 0; i < used; i++)
    if (owed(c, &children[i])) return true;
  return false;
}

static void flush(struct connection *c) {
  if (*c->reply) {
    if (!tell(c, c->reply, c->reply_fd)) return;
    if (c->reply_fd >= 0) close(c->reply_fd);
    c->reply_fd = -1;
    *c->reply = 0;
  }
  for (int i = 0; i < used; i++) {
    char text[32];
    if (!owed(c, &children[i])) continue;
    snprintf(text, sizeof text, "X %d %d", children[i].pid, children[i].status);
    if (!tell(c, text, -1)) return;
    children[i].pid = 0;
    children[i].ended = false;
  }
}

/* ---- programs ---- */

static void reap(void) {
  struct signalfd_siginfo ignored;
  while (read(signals, &ignored, sizeof ignored) > 0) {}
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    for (int i = 0; i < used; i++) {
      struct child *k = &children[i];
      if (k->pid != pid || k->ended) continue;
      k->ended = k->connection != UNWANTED;
      k->status = status;
      if (!k->ended) k->pid = 0;
      break;
    }
}

static struct child *place(void) {
  for (int i = 0; i < CHILDREN; i++)
    if (!children[i].pid) {
      if (i >= used) used = i + 1;
      return &children[i];
    }
  return NULL;
}

static void become(const char *cwd, char **argv, char **env, const int *stdio, int report) {
  setsid();
  const uint64_t by_default[4] = {0}; /* the kernel's struct; libc keeps 32 and 33 from its callers */
  for (int s = 1; s < NSIG; s++) syscall(SYS_rt_sigaction, s, by_default, NULL, sizeof(uint64_t));
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  prctl(PR_SET_DUMPABLE, 1); /* else our own /proc/self belongs to somebody else */
  int adjust = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC); /* out of memory: anything but init goes first */
  if (adjust >= 0 && write(adjust, "500", 3) < 0) {} /* then the kernel chooses by size alone */
  for (int i = 0; i < 3; i++)
    if (stdio[i] >= 0) dup2(stdio[i], i);
  environ = env;
  if (!chdir(cwd)) execvp(argv[0], argv);
  int error = errno;
  if (write(report, &error, sizeof error) < 0) {}
  _exit(127);
}

static void start(struct connection *c, char **field, int fields, const int *fds, int count) {
  /* field: cwd, stdio, argc, argv..., env...; one more place than fields is ours to use */
  long argc = fields > 3 ? strtol(field[2], NULL, 10) : 0;
  if (argc < 1 || argc > fields - 3 || (int)strlen(field[1]) != count) return answer(c, -EINVAL, -1);
  int stdio[3] = {-1, -1, -1};
  for (int i = 0; i < count; i++) {
    if (field[1][i] < '0' || field[1][i] > '2') return answer(c, -EINVAL, -1);
    stdio[field[1][i] - '0'] = fds[i];
  }
  char **argv = field + 3, **env = argv + argc + 1;
  memmove(env, env - 1, (size_t)(fields - 3 - argc) * sizeof *env);
  argv[argc] = field[fields + 1] = NULL;
  struct child *k = place();
  int report[2];
  if (!k) return answer(c, -EAGAIN, -1);
  if (pipe2(report, O_CLOEXEC | O_NONBLOCK)) return answer(c, -errno, -1);
  pid_t pid = fork();
  if (!pid) become(field[0], argv, env, stdio, report[1]);
  int error = errno;
  close(report[1]);
  if (pid < 0) {
    close(report[0]);
    return answer(c, -error, -1);
  }
  *k = (struct child){.pid = pid, .connection = (int)(c - connections)};
  c->exec = report[0];
  c->starting = pid;
}

static void started(struct connection *c) {
  int error = 0;
  ssize_t n = read(c->exec, &error, sizeof error); /* nothing: exec has closed it, or the child was killed before */
  if (n < 0 && errno == EAGAIN) return;
  close(c->exec);
  c->exec = -1;
  for (int i = 0; n == sizeof error && i < used; i++)
    if (children[i].pid == c->starting) {
      children[i].connection = UNWANTED;
      if (children[i].ended) children[i].pid = 0;
      children[i].ended = false;
    }
  answer(c, n == sizeof error ? -error : c->starting, -1);
  c->starting = 0;
}

/* ---- the other requests ---- */

static void open_file(struct connection *c, char **field, int fields) {
  if (fields != 3) return answer(c, -EINVAL, -1);
  int flags = (int)strtol(field[1], NULL, 10);
  /* Not blocking: the agent may have put a FIFO there, or hold a lease on the file. */
  int fd = open(field[0], flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, (mode_t)strtol(field[2], NULL, 10));
  if (fd < 0) return answer(c, -errno, -1);
  if (!(flags & (O_NONBLOCK | O_PATH))) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  answer(c, 0, fd);
}

static void connect_to(struct connection *c, char **field, int fields) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (fields != 1 || strlen(field[0]) >= sizeof to.sun_path) return answer(c, -ENAMETOOLONG, -1);
  strcpy(to.sun_path, field[0]);
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return answer(c, -errno, -1);
  if (connect(fd, (struct sockaddr *)&to, sizeof to)) {
    answer(c, -errno, -1);
    close(fd);
    return;
  }
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  answer(c, 0, fd);
}

static void send_signal(struct connection *c, char **field, int fields) {
  long pid = fields == 2 ? strtol(field[0], NULL, 10) : 0;
  if (!pid || pid == -1) return answer(c, -EINVAL, -1); /* our own group, and everybody */
  answer(c, kill((pid_t)pid, (int)strtol(field[1], NULL, 10)) ? -errno : 0, -1);
}

static void new_owner(struct connection *c, const int *fds, int count) {
  if (owner >= 0) close(owner);
  owner = count ? fcntl(fds[0], F_DUPFD_CLOEXEC, OWNER) : -1;
  /* Without an owner a checkpoint is about to be made, by somebody who looks at us from inside our user namespace. */
  prctl(PR_SET_DUMPABLE, count ? 0 : 1);
  for (int i = 0; i < used; i++)
    if (children[i].pid && children[i].connection == NOBODY) children[i].connection = (int)(c - connections);
  answer(c, count && owner < 0 ? -errno : 0, -1);
}

static void obey(struct connection *c, char *message, size_t length, const int *fds, int count) {
  static char *field[FIELDS + 2];
  int fields = 0;
  if (!length || message[length - 1]) return answer(c, -EINVAL, -1);
  for (char *p = message; p < message + length; p += strlen(p) + 1) {
    if (fields == FIELDS) return answer(c, -E2BIG, -1);
    field[fields++] = p;
  }
  char **rest = field + 1;
  switch (field[0][0]) {
  case 'S': return start(c, rest, fields - 1, fds, count);
  case 'O': return open_file(c, rest, fields - 1);
  case 'C': return connect_to(c, rest, fields - 1);
  case 'K': return send_signal(c, rest, fields - 1);
  case 'P': return new_owner(c, fds, count);
  default: return answer(c, -EINVAL, -1);
  }
}

static void listen_to(struct connection *c) {
  static char message[MESSAGE];
  union {
    char bytes[CMSG_SPACE(3 * sizeof(int))];
    struct cmsghdr align;
  } control;
  struct iovec io = {message, sizeof message};
  struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
  ssize_t n = recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return drop(c);
  int fds[sizeof control / sizeof(int)], count = 0;
  for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h))
    if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS) {
      count = (int)((h->cmsg_len - CMSG_LEN(0)) / sizeof(int));
      memcpy(fds, CMSG_DATA(h), (size_t)count * sizeof(int));
    }
  if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) answer(c, -E2BIG, -1);
  else obey(c, message, (size_t)n, fds, count);
  while (count) close(fds[--count]);
}

static void welcome(void) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (fd < 0) return;
  /* A pid of 0 is one that our namespace does not know: the host's. The agent's own programs have another. */
  if (!getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) && !peer.pid)
    for (int i = 0; i < CONNECTIONS; i++)
      if (connections[i].fd < 0) {
        connections[i] = (struct connection){.fd = fd, .exec = -1, .reply_fd = -1};
        return;
      }
  close(fd);
}

#include "watchdog.h"

/* ---- the beginning, and the loop ---- */

static void folder(const char *path, mode_t mode) {
  if (mkdir(path, mode) && errno != EEXIST) die(path);
  if (chmod(path, mode)) die(path);
}

static void limit(int what, rlim_t value) {
  struct rlimit l;
  if (getrlimit(what, &l)) return;
  if (l.rlim_max == RLIM_INFINITY || l.rlim_max > value) l.rlim_max = value;
  l.rlim_cur = l.rlim_max;
  setrlimit(what, &l);
}

static void make_clock(void) {
  int fd = open(CG_PAGE_PATH, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  /* Really allocated: a desktop that fills its disk must not make the clock's memory go away. */
  if (fd < 0 || fchmod(fd, 0666) || (errno = posix_fallocate(fd, 0, sizeof(struct cg_page)))) die(CG_PAGE_PATH);
  close(fd);
}

/* The threads of what started us had pids in here, now more and now fewer. Programs show theirs in file names, and so
 * they count from a number of ours on. */
static void use_up_pids(void) {
  for (pid_t pid = 0; pid < FIRST_PID - 1;) {
    if (!(pid = vfork())) _exit(0);
    if (pid < 0) die("vfork");
    waitpid(pid, NULL, 0);
  }
}

static void set_up(rlim_t processes, bool with_clock) {
  /* A session keyring of our own: the host's would be readable by everything inside. Without keyrings: nothing to hide. */
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno == EDQUOT)
    die("no keyring left for another sandbox: raise sysctl kernel.keys.maxkeys");
  use_up_pids();
  umask(022);
  folder("/home/agent", 0755);
  folder("/tmp/.X11-unix", 01777);
  folder("/run/cuagym", 0755);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, OPEN_FILES);
  if (processes) limit(RLIMIT_NPROC, processes);
  personality(ADDR_NO_RANDOMIZE); /* for the programs: the same addresses give the same hash orders, and frames */
  if (with_clock) make_clock();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigprocmask(SIG_BLOCK, &set, NULL);
  signal(SIGPIPE, SIG_IGN);
  if ((signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0) die("signalfd");
  struct sockaddr_un here = {.sun_family = AF_UNIX, .sun_path = CONTROL};
  listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, CONNECTIONS))
    die(CONTROL);
  for (int i = 0; i < CONNECTIONS; i++) connections[i].fd = -1;
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) die("/dev/null");
  /* If nobody waits any more, the start was given up. Last of all the host's descriptors go. */
  if (write(READY, "1", 1) != 1) die("nobody waits for this sandbox");
  close(READY);
  for (int i = 0; i < 3; i++) dup2(null, i);
  close(null);
}

static void serve(void) { /* waits for whatever comes, and deals with it */
  struct pollfd p[3 + 2 * CONNECTIONS] = {{owner, POLLIN, 0}, {signals, POLLIN, 0}, {listener, POLLIN, 0}};
  for (int i = 0; i < CONNECTIONS; i++) {
    struct connection *c = &connections[i];
    bool busy = c->fd >= 0 && (c->exec >= 0 || *c->reply);
    p[3 + 2 * i] = (struct pollfd){c->fd, (short)((busy ? 0 : POLLIN) | (c->fd >= 0 && owes(c) ? POLLOUT : 0)), 0};
    p[4 + 2 * i] = (struct pollfd){c->fd >= 0 ? c->exec : -1, POLLIN, 0};
  }
  if (poll(p, sizeof p / sizeof *p, -1) < 0) return;
  if (p[0].revents) _exit(0); /* the owner is gone, and with us goes every process in here */
  if (p[1].revents) reap();
  for (int i = 0; i < CONNECTIONS; i++) {
    struct connection *c = &connections[i];
    if (c->fd >= 0 && p[4 + 2 * i].revents) started(c);
    bool busy = c->fd >= 0 && (c->exec >= 0 || *c->reply);
    if (c->fd >= 0 && !busy && p[3 + 2 * i].revents & ~POLLOUT) listen_to(c);
    else if (c->fd >= 0 && p[3 + 2 * i].revents & (POLLHUP | POLLERR)) drop(c);
    if (c->fd >= 0) flush(c);
  }
  if (p[2].revents) welcome();
}

static int reap_for(char **argv) {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t starter = fork();
  if (!starter) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a start that is given up ends here */
    execv(argv[0], argv);
    die(argv[0]);
  }
  if (starter < 0) die("fork");
  close(OWNER);
  int code = -1, status;
  for (pid_t pid; (pid = waitpid(-1, &status, 0)) > 0 || errno == EINTR;) {
    if (pid == starter) {
      code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
      if (write(READY, code ? "x" : "2", 1) < 0) {} /* then nobody waits */
      close(READY);
    }
    if (!code) watch();
  }
  return code;
}

/* Mounts of our own, which end with us: the folder that a restored sandbox has as its root, a /run in memory, where CRIU
 * keeps what it has learned of the kernel, and a tar for it. */
static void mount_on(int from, const char *place) {
  char path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", from);
  if (mount(path, place, NULL, MS_BIND, NULL)) die(place);
  close(from);
}

static void mount_for(const char *run, const char *root) {
  char exe[4096] = "";
  if (readlink("/proc/self/exe", exe, sizeof exe - 1) < 0) die("/proc/self/exe");
  if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) die("a mount namespace");
  int self = open(exe, O_PATH), from = root ? open(root, O_PATH | O_DIRECTORY) : -1; /* they may lie below /run */
  if (self < 0) die(exe);
  if (root && from < 0) die(root);
  if (mount(run, "/run", NULL, MS_BIND, NULL)) die(run);
  int tar = open(TAR, O_RDONLY | O_CREAT | O_CLOEXEC, 0755);
  if (tar < 0) die(TAR);
  close(tar);
  mount_on(self, TAR);
  if (!root) return;
  if (mkdir(RESTORED, 0700) && errno != EEXIST) die(RESTORED);
  mount_on(from, RESTORED);
}

/* CRIU has tar compress each tmpfs of a sandbox, by a second program. Between two places in memory that takes longer than
 * all the rest of it. */
static void become_tar(char **argv) {
  if (argv[1] && argv[2] && !strcmp(argv[2], "--gzip")) {
    argv[2] = argv[1];
    argv++;
  }
  *argv = "tar";
  const char *path = getenv("PATH");
  if (path && !strncmp(path, HERE, strlen(HERE))) setenv("PATH", path + strlen(HERE), 1);
  execvp("tar", argv);
  die("tar");
}

static void join(const char *group) {
  int fd = open(group, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) die(group);
  close(fd);
}

static int become_with(int argc, char **argv) {
  const char *run = NULL, *root = NULL;
  int i = 0;
  for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    if (!strcmp(argv[i], "--run")) run = argv[i + 1];
    else if (!strcmp(argv[i], "--root")) root = argv[i + 1];
    else if (!strcmp(argv[i], "--join")) join(argv[i + 1]);
    else if (!strcmp(argv[i], "--cpu")) {
      CPU_SET((size_t)strtoul(argv[i + 1], NULL, 10), &cpus);
      sched_setaffinity(0, sizeof cpus, &cpus); /* a container may not let us; then it runs where it may */
    }
  }
  if (i >= argc || !run) return 2;
  umask(022); /* who is restored reads what CRIU wrote */
  mount_for(run, root);
  char path[4096];
  snprintf(path, sizeof path, HERE "%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
  setenv("PATH", path, 1);
  execv(argv[i], argv + i);
  die(argv[i]);
  return 2;
}

/* The kernel tells it, and lets it be set, only inside the namespace. */
static int last_pid(pid_t pid, const char *wanted) {
  char text[32] = "";
  int of = (int)syscall(SYS_pidfd_open, pid, 0), status = 1;
  int fd = open("/proc/sys/kernel/ns_last_pid", O_RDWR | O_CLOEXEC);
  if (of < 0 || fd < 0 || setns(of, CLONE_NEWPID)) die("the pids of a sandbox");
  pid_t child = fork();
  if (!child) {
    if (!wanted) { /* the last one is our own, and as if it had not been */
      if (read(fd, text, sizeof text) <= 0) _exit(1);
      sprintf(text, "%ld", strtol(text, NULL, 10) - 1);
      wanted = text;
    }
    _exit(pwrite(fd, wanted, strlen(wanted), 0) < 0 || puts(wanted) < 0 || fflush(stdout));
  }
  return child < 0 || waitpid(child, &status, 0) < 0 || status;
}

int main(int argc, char **argv) {
  if (argc && !strcmp(argv[0], "tar")) become_tar(argv);
  if (argc > 2 && !strcmp(argv[1], "--last-pid")) return last_pid((pid_t)atoi(argv[2]), argc > 3 ? argv[3] : NULL);
  if (argc > 2 && !strcmp(argv[1], "--with")) return become_with(argc - 2, argv + 2);
  syscall(SYS_close_range, READY + 1, ~0u, 0); /* what the launcher left open */
  if (argc > 2 && !strcmp(argv[1], "--reap")) return reap_for(argv + 2);
  rlim_t processes = 0;
  bool with_clock = false;
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--clock")) with_clock = true;
    if (!strcmp(argv[i], "--processes") && i + 1 < argc) processes = strtoul(argv[++i], NULL, 10);
  }
  prctl(PR_SET_DUMPABLE, 0);
  if (fcntl(OWNER, F_SETFD, FD_CLOEXEC) || fcntl(READY, F_SETFD, FD_CLOEXEC)) die("descriptors 3 and 4");
  set_up(processes, with_clock);
  for (;;) serve();
}
