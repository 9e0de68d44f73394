/* How many threads of a control group sleep and how many do not, told by the kernel in one answer (CGROUPSTATS).
 *
 * Only groups of a cgroup v1 hierarchy are counted, of any controller. Where there is none, callers look at each
 * thread by itself. Threads that are ending are not counted. */
#ifndef CUAGYM_TALLY_H
#define CUAGYM_TALLY_H
#include <fcntl.h>
#include <linux/cgroupstats.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/taskstats.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct tally {
  int link, group; /* a netlink socket and the group's folder; link < 0: not to be had here */
  uint16_t family;
  uint32_t asked;
};

/* One request with one attribute, and the payload of the answer's attribute `want`; its length, or -1. */
static int tally_ask(struct tally *t, uint16_t family, uint8_t command, uint16_t kind, const void *value, int length,
                     uint16_t want, void *out, int room) {
  struct {
    struct nlmsghdr n;
    struct genlmsghdr g;
    char a[64];
  } q = {.n = {.nlmsg_type = family, .nlmsg_flags = NLM_F_REQUEST, .nlmsg_seq = ++t->asked},
         .g = {.cmd = command, .version = 1}};
  struct nlattr *a = (struct nlattr *)q.a;
  char b[2048];
  a->nla_type = kind;
  a->nla_len = (uint16_t)(NLA_HDRLEN + length);
  memcpy(q.a + NLA_HDRLEN, value, (size_t)length);
  q.n.nlmsg_len = (uint32_t)(NLMSG_LENGTH(GENL_HDRLEN) + NLA_ALIGN(a->nla_len));
  if (send(t->link, &q, q.n.nlmsg_len, 0) < 0) return -1;
  ssize_t n = recv(t->link, b, sizeof b, 0);
  struct nlmsghdr *h = (struct nlmsghdr *)b;
  if (n < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) || h->nlmsg_type == NLMSG_ERROR || h->nlmsg_seq != t->asked) return -1;
  for (char *p = b + NLMSG_LENGTH(GENL_HDRLEN); p + NLA_HDRLEN <= b + n;) {
    a = (struct nlattr *)p;
    if (a->nla_len < NLA_HDRLEN || p + a->nla_len > b + n) return -1;
    int size = a->nla_len - NLA_HDRLEN;
    if (a->nla_type == want) {
      memcpy(out, p + NLA_HDRLEN, (size_t)(size < room ? size : room));
      return size;
    }
    p += NLA_ALIGN(a->nla_len);
  }
  return -1;
}

/* 1: `sleeping` threads sleep interruptibly, `others` do anything else that is counted. 0: not told. */
static int tally_count(struct tally *t, uint64_t *sleeping, uint64_t *others) {
  struct cgroupstats s;
  uint32_t fd = (uint32_t)t->group;
  if (t->link < 0) return 0;
  if (tally_ask(t, t->family, CGROUPSTATS_CMD_GET, CGROUPSTATS_CMD_ATTR_FD, &fd, sizeof fd, CGROUPSTATS_TYPE_CGROUP_STATS,
                &s, sizeof s) < (int)sizeof s)
    return 0;
  *sleeping = s.nr_sleeping;
  *others = s.nr_running + s.nr_stopped + s.nr_uninterruptible + s.nr_io_wait;
  return 1;
}

static void tally_close(struct tally *t) {
  if (t->link >= 0) close(t->link);
  if (t->group >= 0) close(t->group);
  t->link = t->group = -1;
}

/* Of the group, of its own, that a process is in. */
static void tally_open(struct tally *t, int pid) {
  char path[64], line[512], folder[1024];
  struct sockaddr_nl mine = {.nl_family = AF_NETLINK};
  uint64_t sleeping, others;
  *t = (struct tally){.link = -1, .group = -1};
  snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
  FILE *f = fopen(path, "re");
  if (!f) return;
  t->link = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  if (t->link >= 0 &&
      (bind(t->link, (struct sockaddr *)&mine, sizeof mine) ||
       tally_ask(t, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, CTRL_ATTR_FAMILY_NAME, TASKSTATS_GENL_NAME, sizeof TASKSTATS_GENL_NAME,
                 CTRL_ATTR_FAMILY_ID, &t->family, sizeof t->family) != sizeof t->family)) {
    close(t->link);
    t->link = -1;
  }
  while (t->link >= 0 && t->group < 0 && fgets(line, sizeof line, f)) { /* 8:pids:/cuagym/NAME */
    char *controllers = strchr(line, ':'), *place = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!place || place == controllers + 1) continue; /* v2 */
    *place++ = 0;
    place[strcspn(place, "\n")] = 0;
    if (!strncmp(controllers + 1, "name=", 5) || !place[1]) continue; /* the root group is everybody's */
    snprintf(folder, sizeof folder, "/sys/fs/cgroup/%s%s", controllers + 1, place);
    t->group = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (t->group >= 0 && !tally_count(t, &sleeping, &others)) {
      close(t->group);
      t->group = -1;
    }
  }
  fclose(f);
  if (t->group < 0) tally_close(t);
}
#endif
