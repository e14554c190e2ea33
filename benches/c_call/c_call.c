/* What a call through the C interface costs beside the same call in Rust, in turns in one run. The Rust side is
 * in side.rs, which is linked into the same program. */
#define _POSIX_C_SOURCE 200809L
#include <cors_engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CASES = 3, TURNS = 41, CALLS = 20000 };

extern void rust_side_init(void);
extern uint32_t rust_side_decide(uint32_t which);

static const cors_policy *policy;
/* A server knows how long its strings are, as the Rust side does. */
#define TEXT(literal) {literal, sizeof(literal) - 1}

static const struct {
  const char *name;
  cors_str method;
  cors_str headers[4][2];
} cases[CASES] = {
    {"GET",
     TEXT("GET"),
     {{TEXT("host"), TEXT("api.example")},
      {TEXT("origin"), TEXT("https://app.example")},
      {TEXT("accept"), TEXT("*/*")}}},
    {"preflight",
     TEXT("OPTIONS"),
     {{TEXT("host"), TEXT("api.example")},
      {TEXT("origin"), TEXT("https://app.example")},
      {TEXT("access-control-request-method"), TEXT("PUT")},
      {TEXT("access-control-request-headers"), TEXT("content-type,x-requested-with")}}},
    {"refused",
     TEXT("GET"),
     {{TEXT("host"), TEXT("api.example")},
      {TEXT("origin"), TEXT("https://evil.example")},
      {TEXT("accept"), TEXT("*/*")}}},
};

static uint32_t c_side_decide(uint32_t which) {
  cors_request request;
  cors_decision decision;
  cors_request_init(&request, cases[which].method);
  for (int i = 0; i < 4 && cases[which].headers[i][0].ptr != NULL; i++) {
    cors_request_header(&request, cases[which].headers[i][0], cases[which].headers[i][1]);
  }
  decision.struct_size = sizeof decision;
  cors_decide(policy, &request, &decision);
  return decision.op_count;
}

static double nanoseconds(uint32_t (*side)(uint32_t), uint32_t which) {
  struct timespec start, end;
  volatile uint32_t sum = 0;
  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int i = 0; i < CALLS; i++) sum += side(which);
  clock_gettime(CLOCK_MONOTONIC, &end);
  return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) / CALLS;
}

static int by_size(const void *one, const void *other) {
  double a = *(const double *)one, b = *(const double *)other;
  return (a > b) - (a < b);
}

int main(int count, char **arguments) {
  static const char POLICY[] = "origins = ['https://app.example', 'https://*.app.example']\ncredentials = true\n"
                               "methods = ['PUT', 'DELETE']\nrequest_headers = ['content-type', 'x-requested-with']\n"
                               "expose_headers = ['x-request-id']\nmax_age = 600\n";
  if (cors_policy_from_toml(CORS_STR_OF(POLICY, sizeof POLICY - 1), CORS_STR_ABSENT, &policy, NULL) != CORS_OK) return 1;
  rust_side_init();
  if (count == 4 && strcmp(arguments[1], "count") == 0) {
    /* For an instruction counter: so many calls of one side of one case. */
    uint32_t which = (uint32_t)atoi(&arguments[2][1]);
    uint32_t (*side)(uint32_t) = arguments[2][0] == 'c' ? c_side_decide : rust_side_decide;
    for (int i = atoi(arguments[3]); i > 0; i--) side(which);
    return 0;
  }
  for (uint32_t which = 0; which < CASES; which++) {
    double c[TURNS], rust[TURNS], more[TURNS];
    for (int turn = 0; turn < TURNS; turn++) {
      rust[turn] = nanoseconds(rust_side_decide, which);
      c[turn] = nanoseconds(c_side_decide, which);
      more[turn] = c[turn] - rust[turn];
    }
    qsort(c, TURNS, sizeof *c, by_size);
    qsort(rust, TURNS, sizeof *rust, by_size);
    qsort(more, TURNS, sizeof *more, by_size);
    printf("%-10s Rust %6.1f ns   C %6.1f ns   more, by turn: median %5.1f ns\n", cases[which].name, rust[TURNS / 2],
           c[TURNS / 2], more[TURNS / 2]);
  }
  return 0;
}
