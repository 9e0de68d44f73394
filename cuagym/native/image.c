/* Screens made smaller: uint8 RGB to fewer pixels, coloured or grey, many screens in one call. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define API __attribute__((visibility("default")))
#if defined(__x86_64__) && defined(__GLIBC__) /* the compiler makes a second version, for newer CPUs; the right one is taken at run time */
#define FAST __attribute__((target_clones("avx2", "default")))
#else
#define FAST
#endif

/* ITU-R BT.601 in 1/65536, as Pillow's mode L. */
enum { RED = 19595, GREEN = 38470, BLUE = 7471 };

static unsigned char grey_of(uint64_t r, uint64_t g, uint64_t b, uint64_t total) {
  return (unsigned char)((RED * r + GREEN * g + BLUE * b + (total << 15)) / (total << 16));
}
static unsigned char *put(unsigned char *to, uint64_t r, uint64_t g, uint64_t b, uint64_t total, int grey) {
  if (grey) {
    *to++ = grey_of(r, g, b, total);
    return to;
  }
  *to++ = (unsigned char)((r + total / 2) / total);
  *to++ = (unsigned char)((g + total / 2) / total);
  *to++ = (unsigned char)((b + total / 2) / total);
  return to;
}

/* Two ways to the same numbers: where both factors are whole, all weights are one and sums of a column fit 16 bits. */
FAST static void add_row(uint16_t *restrict sums, const unsigned char *restrict row, int length) {
  for (int i = 0; i < length; i++) sums[i] = (uint16_t)(sums[i] + row[i]);
}
FAST static void add_weighted(uint32_t *restrict sums, const unsigned char *restrict row, int length, uint32_t weight) {
  for (int i = 0; i < length; i++) sums[i] += weight * row[i];
}

static void whole(const unsigned char *from, size_t stride, int width, int height, unsigned char *to, int w, int h,
                  int grey, uint16_t *sums) {
  int across = width / w, down = height / h;
  uint64_t total = (uint64_t)across * (uint64_t)down;
  for (int y = 0; y < h; y++) {
    memset(sums, 0, (size_t)width * 3 * sizeof *sums);
    for (int i = 0; i < down; i++, from += stride) add_row(sums, from, width * 3);
    const uint16_t *s = sums;
    for (int x = 0; x < w; x++) {
      uint32_t r = 0, g = 0, b = 0;
      for (int i = 0; i < across; i++, s += 3) r += s[0], g += s[1], b += s[2];
      to = put(to, r, g, b, total, grey);
    }
  }
}

/* A source row counts h, an output row is made of `height` such counts; columns alike. All sums are exact. */
static void parts(const unsigned char *from, size_t stride, int width, int height, unsigned char *to, int w, int h,
                  int grey, uint32_t *sums) {
  uint64_t total = (uint64_t)width * (uint64_t)height;
  for (int y = 0, row = 0, left = h; y < h; y++) {
    memset(sums, 0, (size_t)width * 3 * sizeof *sums);
    for (int need = height; need;) {
      int part = left < need ? left : need;
      add_weighted(sums, from + (size_t)row * stride, width * 3, (uint32_t)part);
      need -= part;
      if (!(left -= part)) row++, left = h;
    }
    const uint32_t *s = sums;
    for (int x = 0, rest = w; x < w; x++) {
      uint64_t r = 0, g = 0, b = 0;
      for (int need = width; need;) {
        uint64_t part = (uint64_t)(rest < need ? rest : need);
        r += part * s[0], g += part * s[1], b += part * s[2];
        need -= (int)part;
        if (!(rest -= (int)part)) s += 3, rest = w;
      }
      to = put(to, r, g, b, total, grey);
    }
  }
}

/* The pixel in the middle of each. */
static void nearest(const unsigned char *from, size_t stride, int width, int height, unsigned char *to, int w, int h,
                    int grey) {
  for (int y = 0; y < h; y++) {
    const unsigned char *row = from + (size_t)((2 * (int64_t)y + 1) * height / (2 * (int64_t)h)) * stride;
    for (int x = 0; x < w; x++) {
      const unsigned char *p = row + 3 * ((2 * (int64_t)x + 1) * width / (2 * (int64_t)w));
      to = put(to, p[0], p[1], p[2], 1, grey);
    }
  }
}

/* `count` screens of width x height, which lie `frame` bytes apart and whose rows lie `stride` bytes apart, to
   w x h each, one after the other. mean: w <= width, h <= height. Returns -1 without memory. */
API int ci_resize(const unsigned char *from, int64_t frame, int64_t stride, int count, int width, int height,
                  unsigned char *to, int w, int h, int grey, int mean) {
  size_t size = (size_t)w * (size_t)h * (grey ? 1 : 3);
  int exact = width % w == 0 && height % h == 0 && height / h <= 257; /* 257 * 255 is the most that 16 bits hold */
  void *sums = mean ? malloc((size_t)width * 3 * sizeof(uint32_t)) : NULL;
  if (mean && !sums) return -1;
  for (int i = 0; i < count; i++, from += frame, to += size) {
    if (!mean) nearest(from, (size_t)stride, width, height, to, w, h, grey);
    else if (exact) whole(from, (size_t)stride, width, height, to, w, h, grey, sums);
    else parts(from, (size_t)stride, width, height, to, w, h, grey, sums);
  }
  free(sums);
  return 0;
}
