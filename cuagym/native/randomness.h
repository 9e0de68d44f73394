/* A part of clock.c: the random numbers that programs ask the system for, the same in every run.
 *
 * Programs seed hash tables with them, place their heaps, shake timers, choose what to measure, and pages draw what
 * Math.random() says. Each process has a stream of its own, named by its pid in the desktop and the moment at which it
 * began; its threads, which take turns, draw from that one. Nothing secret can be made of it: a desktop has no network
 * and nobody to keep a secret from.
 *
 * Not covered: /dev/random and /dev/urandom, and what the CPU itself gives (rdrand). */

enum { GET_FLAGS = 7, ENTROPY = 256 }; /* the flags that the kernel knows; the most that getentropy() gives */

static uint64_t mixed(uint64_t x) { /* the finalizer of splitmix64 */
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}
static void draw(void *to, size_t n) {
  static uint64_t drawn;
  const uint64_t golden = 0x9e3779b97f4a7c15u;
  uint64_t stream = mixed((uint64_t)born + golden * (uint64_t)SYS1(SYS_getpid, 0)); /* of a fork: another */
  for (unsigned char *p = to; n;) {
    uint64_t word = mixed(stream + golden * (add(&drawn, 1) + 1));
    size_t k = n < sizeof word ? n : sizeof word;
    memcpy(p, &word, k);
    p += k;
    n -= k;
  }
}

ssize_t getrandom(void *b, size_t n, unsigned flags) {
  if (!P || flags & ~(unsigned)GET_FLAGS) return ret(SYS3(SYS_getrandom, b, n, flags));
  if (n > INT32_MAX) n = INT32_MAX;
  draw(b, n);
  return (ssize_t)n;
}
int getentropy(void *b, size_t n) {
  if (n > ENTROPY) {
    errno = EIO;
    return -1;
  }
  if (P) draw(b, n);
  else
    for (size_t k = 0; k < n;) {
      long r = SYS3(SYS_getrandom, (char *)b + k, n - k, 0);
      if (r == -EINTR) continue;
      if (r < 0) return (int)ret(r);
      k += (size_t)r;
    }
  return 0;
}
void arc4random_buf(void *b, size_t n) {
  for (size_t k = 0; k < n; k += ENTROPY)
    if (getentropy((char *)b + k, n - k < ENTROPY ? n - k : ENTROPY)) abort(); /* as libc's own does */
}
uint32_t arc4random(void) {
  uint32_t x;
  arc4random_buf(&x, sizeof x);
  return x;
}
uint32_t arc4random_uniform(uint32_t bound) {
  uint32_t least = bound ? -bound % bound : 0, x; /* below it some remainders would come more often */
  do x = arc4random();
  while (x < least);
  return bound ? x % bound : 0;
}
