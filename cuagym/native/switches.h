/* Which of a desktop's threads has the CPU, told by the kernel without being asked: it writes every change of thread on
 * a CPU into memory that we share (perf_event_open(2)), before the new thread's next instruction.
 *
 * A thread that leaves the CPU is told as preempted or not. One that was not has gone to sleep, or has ended. What is not
 * told is who was woken and waits for the CPU: tally.h counts those. It takes a privilege (CAP_PERFMON), and a desktop
 * that lives on one CPU; where either is missing callers look at each thread by itself.
 *
 * One ring for each CPU, for all desktops of this process: the kernel writes into every one at each change of thread. */
#ifndef CUAGYM_SWITCHES_H
#define CUAGYM_SWITCHES_H
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RING_PAGES = 128, PREEMPTED = 64 }; /* 512 kB: 20,000 changes of thread */

struct watch;
struct ring {
  int cpu;
  pid_t owner; /* the mapping does not outlive a fork */
  pthread_mutex_t lock; /* of the readers. Who shares it shares the CPU: none waits for a holder that another CPU keeps busy */
  struct perf_event_mmap_page *page;
  char *data;
  uint64_t size;
  struct watch *readers;
  struct ring *next;
};
struct member { /* a thread of the desktop */
  int tid, index; /* index: its place in the desktop's list; tid 0: an empty place of the table */
  int ran;        /* it is among those that ran */
};
struct watch { /* what one desktop has read of its CPU's ring */
  struct ring *ring; /* NULL: not to be had */
  struct watch *next;
  int active;     /* nothing may be lost: its program runs */
  uint64_t at;    /* read up to here */
  uint64_t freed; /* and told to the kernel up to here */
  uint64_t turns; /* how often one of ours was given the CPU */
  int stale;      /* threads were born or died, or records were lost: only a look at all of them tells */
  int running;    /* the one of ours that has the CPU; 0: none */
  int preempted[PREEMPTED], preemptions; /* ours that left the CPU without going to sleep */
  struct member *ours; /* a hash table by tid */
  int *ran, rans;      /* places in the desktop's list of those that were given the CPU, or are about to be */
  uint32_t room;
};

static pthread_mutex_t rings_lock = PTHREAD_MUTEX_INITIALIZER;
static struct ring *rings;
static void rings_forget(void) { /* in a fork of the owner */
  pthread_mutex_init(&rings_lock, NULL);
  rings = NULL;
}
static void rings_begin(void) { pthread_atfork(NULL, NULL, rings_forget); }

static uint64_t ring_head(const struct ring *r) { return __atomic_load_n(&r->page->data_head, __ATOMIC_ACQUIRE); }

/* Lets the kernel write over what has been read. Who is idle is waited for as long as there is room. Under the lock. */
static void ring_free(struct ring *r) {
  uint64_t head = ring_head(r), upto = head;
  for (struct watch *w = r->readers; w; w = w->next)
    if (w->at < upto && (w->active || head - w->at < r->size / 2)) upto = w->at;
  if (upto > r->page->data_tail) __atomic_store_n(&r->page->data_tail, upto, __ATOMIC_RELEASE);
}

static struct ring *ring_open(int cpu) {
  struct perf_event_attr a = {.size = sizeof a, .type = PERF_TYPE_SOFTWARE, .config = PERF_COUNT_SW_DUMMY, .sample_id_all = 1,
                              .sample_type = PERF_SAMPLE_TID, .context_switch = 1, .task = 1, .watermark = 1};
  size_t page = (size_t)sysconf(_SC_PAGESIZE), size = RING_PAGES * page;
  a.wakeup_watermark = (uint32_t)size; /* nobody is to be woken */
  int fd = (int)syscall(SYS_perf_event_open, &a, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  if (fd < 0) return NULL;
  void *m = mmap(NULL, page + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd); /* the mapping keeps it; a descriptor would be inherited by forks of the owner */
  struct ring *r = m == MAP_FAILED ? NULL : calloc(1, sizeof *r);
  if (!r) {
    if (m != MAP_FAILED) munmap(m, page + size);
    return NULL;
  }
  *r = (struct ring){.cpu = cpu, .owner = getpid(), .page = m, .data = (char *)m + page, .size = size, .next = rings};
  pthread_mutex_init(&r->lock, NULL);
  return rings = r;
}

static void watch_open(struct watch *w, int cpu) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, rings_begin);
  pthread_mutex_lock(&rings_lock);
  struct ring *r = rings;
  while (r && r->cpu != cpu) r = r->next;
  if (r || (r = ring_open(cpu))) {
    *w = (struct watch){.ring = r, .at = ring_head(r), .stale = 1};
    pthread_mutex_lock(&r->lock);
    w->next = r->readers;
    r->readers = w;
    pthread_mutex_unlock(&r->lock);
  }
  pthread_mutex_unlock(&rings_lock);
}
static void watch_close(struct watch *w) {
  struct ring *r = w->ring;
  if (!r || r->owner != getpid()) return;
  pthread_mutex_lock(&rings_lock);
  pthread_mutex_lock(&r->lock);
  struct watch **p = &r->readers;
  while (*p != w) p = &(*p)->next;
  *p = w->next;
  pthread_mutex_unlock(&r->lock);
  if (!r->readers) {
    struct ring **q = &rings;
    while (*q != r) q = &(*q)->next;
    *q = r->next;
    munmap(r->page, r->size + (size_t)(r->data - (char *)r->page));
    free(r);
  }
  pthread_mutex_unlock(&rings_lock);
  free(w->ours);
  free(w->ran);
  w->ring = NULL;
}

static void watch_begin(struct watch *w) { /* a program: nothing is lost from here on */
  struct ring *r = w->ring;
  pthread_mutex_lock(&r->lock);
  w->active = 1;
  if (w->at < r->page->data_tail) { /* others could not wait for us */
    w->at = r->page->data_tail;
    w->stale = 1;
    w->running = w->preemptions = 0;
  }
  pthread_mutex_unlock(&r->lock);
}
static void watch_end(struct watch *w) {
  struct ring *r = w->ring;
  pthread_mutex_lock(&r->lock);
  w->active = 0;
  ring_free(r);
  pthread_mutex_unlock(&r->lock);
}

/* The desktop's threads are the `count` that are added from here on. */
static void watch_nobody(struct watch *w, int count) {
  uint32_t room = w->room ? w->room : 256;
  while (room < 4 * (uint32_t)count) room *= 2;
  if (room != w->room) {
    free(w->ours);
    free(w->ran);
    w->ours = malloc(room * sizeof *w->ours);
    w->ran = malloc(room * sizeof *w->ran);
    if (!w->ours || !w->ran) abort();
    w->room = room;
  }
  memset(w->ours, 0, w->room * sizeof *w->ours);
  w->rans = 0;
}
static struct member *watch_place(struct watch *w, int tid) {
  uint32_t i = (uint32_t)tid * 2654435761u & (w->room - 1);
  while (w->ours[i].tid && w->ours[i].tid != tid) i = (i + 1) & (w->room - 1);
  return &w->ours[i];
}
static void watch_add(struct watch *w, int tid, int index) { *watch_place(w, tid) = (struct member){tid, index, 0}; }
static int watch_knows(struct watch *w, int tid) { return w->room && tid > 0 && watch_place(w, tid)->tid; }

static void watch_ran(struct watch *w, int tid) { /* or was woken by us, which the kernel may still be about to do */
  if (!watch_knows(w, tid)) return;
  struct member *m = watch_place(w, tid);
  if (m->ran) return;
  m->ran = 1;
  w->ran[w->rans++] = m->index;
}
/* All of our threads will be looked at: what is read after this is news. */
static void watch_afresh(struct watch *w) {
  w->at = ring_head(w->ring);
  w->stale = w->running = w->preemptions = 0;
}
static void watch_all_slept(struct watch *w) {
  for (uint32_t i = 0; w->rans && i < w->room; i++) w->ours[i].ran = 0;
  w->rans = 0;
}

static void watch_record(struct watch *w, const struct perf_event_header *h) {
  const uint32_t *v = (const uint32_t *)(h + 1); /* the last two are always the pid and tid of whom it is about */
  int tid = (int)v[(h->size - sizeof *h) / 4 - 1];
  switch (h->type) {
  case PERF_RECORD_SWITCH_CPU_WIDE:
    if (h->misc & PERF_RECORD_MISC_SWITCH_OUT) {
      w->running = 0; /* whoever it is: one that has ended has no number any more */
      if (!(h->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) || !watch_knows(w, tid)) break;
      if (w->preemptions == PREEMPTED) w->stale = 1;
      else w->preempted[w->preemptions++] = tid;
    } else if (watch_knows(w, tid)) {
      w->running = tid;
      w->turns++;
      watch_ran(w, tid);
      for (int i = 0; i < w->preemptions; i++)
        if (w->preempted[i] == tid) w->preempted[i--] = w->preempted[--w->preemptions];
    }
    break;
  case PERF_RECORD_FORK: /* pid, ppid, tid, ptid */
    if (watch_knows(w, (int)v[3])) w->stale = 1;
    break;
  case PERF_RECORD_EXIT:
    if (watch_knows(w, (int)v[2])) w->stale = 1;
    break;
  case PERF_RECORD_LOST:
    w->stale = 1;
    w->running = w->preemptions = 0;
    break;
  }
}
/* Reads what the kernel has written since. */
static void watch_read(struct watch *w) {
  struct ring *r = w->ring;
  uint64_t head = ring_head(r);
  while (w->at < head) {
    uint64_t i = w->at & (r->size - 1);
    struct perf_event_header *h = (struct perf_event_header *)(r->data + i); /* of 8 bytes, and never torn */
    char whole[256];
    uint16_t size = h->size;
    if (size < sizeof *h || size > sizeof whole || size > head - w->at) { /* not what the kernel writes */
      w->stale = 1;
      w->at = head;
      break;
    }
    if (i + size > r->size) {
      memcpy(whole, h, r->size - i);
      memcpy(whole + r->size - i, r->data, size - (r->size - i));
      h = (struct perf_event_header *)whole;
    }
    watch_record(w, h);
    __atomic_store_n(&w->at, w->at + size, __ATOMIC_RELEASE); /* not before: others tell the kernel how far all have read */
  }
  if (w->at - w->freed < r->size / 4) return;
  w->freed = w->at;
  pthread_mutex_lock(&r->lock);
  ring_free(r);
  pthread_mutex_unlock(&r->lock);
}
#endif
