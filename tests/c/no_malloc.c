/* At request time the library allocates nothing: every call that could is counted. */
#include "check.h"

static size_t calls;

/* In front of the C library's own. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *memory);

void *malloc(size_t size) { return calls++, __libc_malloc(size); }
void *calloc(size_t count, size_t size) { return calls++, __libc_calloc(count, size); }
void *realloc(void *memory, size_t size) { return calls++, __libc_realloc(memory, size); }
void *aligned_alloc(size_t alignment, size_t size) { return calls++, __libc_memalign(alignment, size); }
void *memalign(size_t alignment, size_t size) { return calls++, __libc_memalign(alignment, size); }
int posix_memalign(void **memory, size_t alignment, size_t size) {
  calls++;
  *memory = __libc_memalign(alignment, size);
  return *memory == NULL;
}
void free(void *memory) {
  calls += memory != NULL;
  __libc_free(memory);
}

static const char *const POLICIES[] = {
    "origins = ['https://a.example', 'https://*.a.example']\nmethods = ['PUT']\nrequest_headers = ['x-a']\nmax_age = 5",
    "origins = ['*']\nmethods = ['*']\nrequest_headers = ['*', 'authorization']",
    "origins = ['https://a.example']\ncredentials = true\nexpose_headers = ['x-b']\ntiming_allow_origins = ['*']",
};
static const char *const METHODS[] = {"GET", "OPTIONS", "PUT", ""};
static const char *const ORIGINS[] = {NULL, "", "null", "https://a.example", "https://x.a.example", "https://evil.example", "\xFF"};
static const char *const REQUESTED[] = {NULL, "", "x-a", "x-a,x-b", "authorization", " x-a ,, ", ",,,,,,,,,,,,,,,,,,,,,,,,,,,"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void everything_a_server_does(const cors_policy *policy, const char *method, const char *origin, const char *requested) {
  char buffer[256];
  size_t written;
  cors_request request;
  cors_decision decision;
  cors_request_init(&request, str(method));
  if (origin != NULL) cors_request_header(&request, str("Origin"), str(origin));
  if (requested != NULL) {
    cors_request_header(&request, str("Access-Control-Request-Method"), str("PUT"));
    cors_request_header(&request, str("Access-Control-Request-Headers"), str(requested));
  }
  decision.struct_size = sizeof decision;
  cors_decide(cors_policy_ref(policy), &request, &decision);
  for (uint32_t i = 0; i < decision.op_count; i++) {
    cors_str value;
    CHECK(cors_op_value(&decision.ops[i], &request, &value) == CORS_OK);
    if (decision.ops[i].action == CORS_OP_VARY)
      CHECK(cors_vary_merge(str("accept"), value, buffer, sizeof buffer, &written) == CORS_OK);
    CHECK(cors_is_policy_header(decision.ops[i].name) == (decision.ops[i].action != CORS_OP_VARY));
  }
  CHECK(cors_reason_code(decision.reason) != NULL);
  cors_policy_unref(policy);
}

int main(void) {
  size_t decisions = 0;
  calls = 0;
  for (size_t p = 0; p < COUNT(POLICIES); p++) {
    const cors_policy *policy = policy_of(POLICIES[p]);
    CHECK(calls > 0); /* what is made once does allocate, so the count is true */
    calls = 0;
    for (size_t m = 0; m < COUNT(METHODS); m++)
      for (size_t o = 0; o < COUNT(ORIGINS); o++)
        for (size_t r = 0; r < COUNT(REQUESTED); r++, decisions++)
          everything_a_server_does(policy, METHODS[m], ORIGINS[o], REQUESTED[r]);
    CHECK(calls == 0);
    everything_a_server_does(NULL, "GET", NULL, NULL);
    CHECK(calls == 0);
    cors_policy_unref(policy);
  }
  printf("%zu decisions, 0 allocations\n", decisions);
  return 0;
}
