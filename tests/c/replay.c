/* Does what the transcript says the Rust interface did, and ends with 1 where C gives something else.
 *
 *   transcript | replay
 */
#include "check.h"

enum { ARGUMENTS = 24, LINES = 4096 };

static struct {
  const char *word;
  cors_str values[ARGUMENTS];
  size_t count;
  size_t number;
} now;

/* What was said since the last item that used it. */
static struct {
  cors_header lines[LINES];
  size_t count;
} said[2]; /* header lines; exposed names, console lines or operations */

static char scenario[1024];
static size_t scenarios, fetches, decisions, refused;

#define SAME(condition)                                                                        \
  do {                                                                                         \
    if (!(condition)) {                                                                        \
      fprintf(stderr, "%s, line %zu: not so: %s\n", scenario, now.number, #condition);         \
      exit(1);                                                                                 \
    }                                                                                          \
  } while (0)

static unsigned hex(char digit) { return (unsigned)(digit <= '9' ? digit - '0' : digit - 'A' + 10); }

/* Undoes %XX in place; "-" is absent. */
static cors_str decoded(char *text) {
  if (*text != '=') return CORS_STR_ABSENT;
  char *to = ++text, *from = text;
  for (; *from != '\0'; from++) {
    if (*from == '%') {
      *to++ = (char)(hex(from[1]) * 16 + hex(from[2]));
      from += 2;
    } else {
      *to++ = *from;
    }
  }
  return CORS_STR_OF(text, (size_t)(to - text));
}

static unsigned long number(size_t place) { return strtoul(now.values[place].ptr, NULL, 10); }

static bool same(cors_str one, cors_str other) {
  if (one.ptr == NULL || other.ptr == NULL) return one.ptr == other.ptr;
  return one.len == other.len && memcmp(one.ptr, other.ptr, one.len) == 0;
}

/* Keeps what is said until it is used. */
static void keep(int where, cors_str name, cors_str value) {
  SAME(said[where].count < LINES);
  cors_header *place = &said[where].lines[said[where].count++];
  char *bytes = malloc(name.len + value.len + 1);
  SAME(bytes != NULL);
  memcpy(bytes, name.ptr, name.len);
  if (value.ptr != NULL) memcpy(bytes + name.len, value.ptr, value.len);
  place->name = CORS_STR_OF(bytes, name.len);
  place->value = value.ptr == NULL ? CORS_STR_ABSENT : CORS_STR_OF(bytes + name.len, value.len);
}

static void used(int where) {
  for (size_t i = 0; i < said[where].count; i++) free((void *)said[where].lines[i].name.ptr);
  said[where].count = 0;
}

static cors_preflight_cache *cache;
static cors_fetch *fetch;
static cors_outgoing outgoing;
static int32_t step;
static uint64_t clock_ms;

static void begin(void) {
  cors_fetch_init init = CORS_FETCH_INIT;
  clock_ms = number(0);
  uint8_t *const fields[] = {&init.engine, &init.mode,      &init.credentials,     &init.redirect,    &init.cache,
                             &init.body,   &init.initiator, &init.upload_listener, &init.http_version};
  for (size_t i = 0; i < 9; i++) *fields[i] = (uint8_t)number(i + 1);
  init.origin = now.values[10];
  init.url = now.values[11];
  init.method = now.values[12];
  init.blob_type = now.values[13];
  init.headers = said[0].lines;
  init.header_count = said[0].count;
  cors_fetch_free(fetch);
  fetch = NULL;
  cors_error error = CORS_ERROR_INIT;
  cors_status status = cors_fetch_new(&init, &fetch, &error);
  SAME(status == CORS_OK || status == CORS_ERROR_REQUEST);
  used(0);
  fetches++;
  step = status;
  if (status == CORS_OK) {
    outgoing.struct_size = sizeof outgoing;
    step = cors_fetch_start(fetch, cache, clock_ms, &outgoing);
  } else {
    keep(1, str(error.code), CORS_STR_ABSENT);
  }
}

static void check_send(void) {
  SAME(step == CORS_STEP_SEND && outgoing.exchange == number(0) && outgoing.includes_credentials == number(1));
  SAME(same(outgoing.method, now.values[2]) && same(outgoing.url, now.values[3]));
  SAME(same(outgoing.origin, now.values[4]) && same(outgoing.request_method, now.values[5]));
  SAME(same(outgoing.request_headers, now.values[6]) && outgoing.header_count == said[0].count);
  for (size_t i = 0; i < said[0].count; i++) {
    cors_header header;
    SAME(cors_fetch_header(fetch, i, &header) == CORS_OK);
    SAME(same(header.name, said[0].lines[i].name) && same(header.value, said[0].lines[i].value));
  }
  used(0);
}

static void check_verdict(bool allowed) {
  cors_verdict verdict = CORS_VERDICT_INIT;
  SAME(step == CORS_STEP_DONE && cors_fetch_verdict(fetch, &verdict) == CORS_OK && verdict.allowed == allowed);
  SAME(same(verdict.url, now.values[4]));
  SAME((allowed ? verdict.exposed_count : verdict.console_count) == said[1].count);
  for (size_t i = 0; i < said[1].count; i++) {
    cors_str text;
    SAME((allowed ? cors_fetch_exposed(fetch, i, &text) : cors_fetch_console(fetch, i, &text)) == CORS_OK);
    SAME(same(text, said[1].lines[i].name));
  }
  if (allowed) {
    SAME(verdict.response_type == number(0) && verdict.status == number(1) && verdict.reason == 0);
    SAME(verdict.redirected == number(2) && verdict.timing_allowed == number(3));
  } else {
    SAME(same(str(cors_reason_code(verdict.reason)), now.values[0]) && verdict.exchange == number(1));
    SAME(verdict.redirect_count == number(2) && verdict.refused_status == number(3));
    SAME(same(verdict.detail, now.values[5]));
  }
  used(1);
}

static cors_builder *builder;
static const cors_policy *policy;
static cors_request request;
static cors_decision decision;
static char method[64];

static void build(void) {
  cors_policy_unref(policy);
  policy = NULL;
  if (builder == NULL) SAME(cors_builder_new(&builder) == CORS_OK);
  SAME(cors_builder_read_json(builder, now.values[0], CORS_STR_ABSENT, NULL) == CORS_OK);
  cors_builder_build(builder, &policy, NULL);
}

static void check_mistakes(void) {
  refused++;
  SAME(policy == NULL && cors_builder_mistakes(builder) == now.count);
  for (size_t i = 0; i < now.count; i++) {
    cors_error mistake = CORS_ERROR_INIT;
    SAME(cors_builder_mistake(builder, i, &mistake) == CORS_OK && same(str(mistake.code), now.values[i]));
  }
}

static void decide(void) {
  SAME(policy != NULL && now.values[0].len < sizeof method);
  memcpy(method, now.values[0].ptr, now.values[0].len);
  cors_request_init(&request, CORS_STR_OF(method, now.values[0].len));
  for (size_t i = 0; i < said[0].count; i++)
    cors_request_header(&request, said[0].lines[i].name, said[0].lines[i].value);
  decision.struct_size = sizeof decision;
  cors_decide(policy, &request, &decision);
  decisions++;
}

static void check_decision(void) {
  SAME(decision.kind == number(0) && decision.action == number(1) && decision.allowed == number(2));
  SAME(decision.status == number(3) && same(str(cors_reason_code(decision.reason)), now.values[4]));
  SAME(decision.op_count == said[1].count);
  for (size_t i = 0; i < said[1].count; i++) {
    const cors_op *op = &decision.ops[i];
    cors_str value = CORS_STR_ABSENT, expected = said[1].lines[i].name;
    SAME(expected.ptr[0] == '0' + op->action);
    SAME(same(op->name, CORS_STR_OF(expected.ptr + 1, expected.len - 1)));
    SAME(cors_op_value(op, &request, &value) == CORS_OK && same(value, said[1].lines[i].value));
  }
  used(0);
  used(1);
}

static void item(void) {
  const char *word = now.word;
  if (strcmp(word, "scenario") == 0) {
    snprintf(scenario, sizeof scenario, "%.*s", (int)now.values[0].len, now.values[0].ptr);
    cors_preflight_cache_free(cache);
    cache = NULL;
    SAME(cors_preflight_cache_new(&cache) == CORS_OK);
    scenarios++;
  } else if (strcmp(word, "author") == 0 || strcmp(word, "sent") == 0 || strcmp(word, "line") == 0 ||
             strcmp(word, "header") == 0) {
    keep(0, now.values[0], now.values[1]);
  } else if (strcmp(word, "exposed") == 0 || strcmp(word, "console") == 0) {
    keep(1, now.values[0], CORS_STR_ABSENT);
  } else if (strcmp(word, "op") == 0) {
    char name[128];
    int length = snprintf(name, sizeof name, "%lu%.*s", number(0), (int)now.values[1].len, now.values[1].ptr);
    keep(1, CORS_STR_OF(name, (size_t)length), now.values[2]);
  } else if (strcmp(word, "fetch") == 0) {
    begin();
  } else if (strcmp(word, "throws") == 0) {
    SAME(step == CORS_ERROR_REQUEST && same(said[1].lines[0].name, now.values[0]));
    used(1);
  } else if (strcmp(word, "send") == 0) {
    check_send();
  } else if (strcmp(word, "respond") == 0) {
    step = cors_fetch_receive(fetch, (uint16_t)number(0), said[0].lines, said[0].count, cache, clock_ms, &outgoing);
    used(0);
  } else if (strcmp(word, "response") == 0) {
    check_verdict(true);
  } else if (strcmp(word, "blocked") == 0) {
    check_verdict(false);
  } else if (strcmp(word, "policy") == 0) {
    build();
  } else if (strcmp(word, "mistakes") == 0) {
    check_mistakes();
  } else if (strcmp(word, "decide") == 0) {
    decide();
  } else if (strcmp(word, "decision") == 0) {
    check_decision();
  } else {
    SAME(!"a known word");
  }
}

int main(void) {
  static char text[1 << 20];
  while (fgets(text, sizeof text, stdin) != NULL) {
    now.number++;
    now.count = 0;
    text[strcspn(text, "\n")] = '\0';
    char *next = strchr(text, '\t');
    SAME(next != NULL);
    *next++ = '\0';
    now.word = text;
    while (next != NULL && *next != '\0') {
      char *argument = next;
      next = strchr(next, '\t');
      if (next != NULL) *next++ = '\0';
      SAME(now.count < ARGUMENTS);
      /* A number stands for itself. */
      bool is_value = *argument == '=' || *argument == '-';
      now.values[now.count++] = is_value ? decoded(argument) : str(argument);
    }
    item();
  }
  printf("%zu scenarios: %zu fetches, %zu decisions, %zu refused policies\n", scenarios, fetches, decisions, refused);
  SAME(fetches > 2000 && decisions > 300 && refused > 20);
  cors_fetch_free(fetch);
  cors_preflight_cache_free(cache);
  cors_builder_free(builder);
  cors_policy_unref(policy);
  return 0;
}
