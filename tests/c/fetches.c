/* The browser half: every function, and every error. */
#include "check.h"

static cors_fetch_init put(void) {
  static cors_header headers[1];
  cors_fetch_init init = CORS_FETCH_INIT;
  headers[0] = line("X-A", "1");
  init.origin = str("https://app.example");
  init.url = str("https://api.example/items?page=2#top");
  init.method = str("PUT");
  init.headers = headers;
  init.header_count = 1;
  return init;
}

static cors_fetch *fetch_of(const cors_fetch_init *init) {
  cors_fetch *fetch = NULL;
  cors_error error = CORS_ERROR_INIT;
  if (cors_fetch_new(init, &fetch, &error) != CORS_OK) fprintf(stderr, "%s: %s\n", error.key, error.message);
  CHECK(fetch != NULL);
  return fetch;
}

static void a_fetch_that_succeeds(void) {
  cors_fetch_init init = put();
  cors_preflight_cache *cache = NULL;
  CHECK(cors_preflight_cache_new(NULL) == CORS_ERROR_NULL && cors_preflight_cache_new(&cache) == CORS_OK);
  cors_fetch *fetch = fetch_of(&init);
  cors_outgoing outgoing = CORS_OUTGOING_INIT;
  cors_verdict verdict = CORS_VERDICT_INIT;
  cors_header header;
  cors_str name;

  /* Before it begins there is nothing to answer, to look at or to judge. */
  CHECK(cors_fetch_receive(fetch, 200, NULL, 0, cache, 0, &outgoing) == CORS_ERROR_ORDER);
  CHECK(cors_fetch_fail(fetch, cache) == CORS_ERROR_ORDER);
  CHECK(cors_fetch_header(fetch, 0, &header) == CORS_ERROR_ORDER);
  CHECK(cors_fetch_verdict(fetch, &verdict) == CORS_ERROR_ORDER);
  CHECK(cors_fetch_exposed(fetch, 0, &name) == CORS_ERROR_ORDER);
  CHECK(cors_fetch_console(fetch, 0, &name) == CORS_ERROR_ORDER);

  CHECK(cors_fetch_start(fetch, cache, 1000, &outgoing) == CORS_STEP_SEND);
  CHECK(outgoing.exchange == CORS_EXCHANGE_PREFLIGHT && outgoing.includes_credentials == 0);
  CHECK(is(outgoing.method, "OPTIONS") && is(outgoing.url, "https://api.example/items?page=2"));
  CHECK(is(outgoing.origin, "https://app.example") && is(outgoing.request_method, "PUT"));
  CHECK(is(outgoing.request_headers, "x-a") && outgoing.header_count == 4);
  CHECK(cors_fetch_header(fetch, 0, &header) == CORS_OK && is(header.name, "Accept") && is(header.value, "*/*"));
  CHECK(cors_fetch_header(fetch, 4, &header) == CORS_ERROR_NOT_FOUND);
  CHECK(cors_fetch_header(fetch, 0, NULL) == CORS_ERROR_NULL && cors_fetch_header(NULL, 0, &header) == CORS_ERROR_NULL);
  CHECK(cors_fetch_start(fetch, cache, 1000, &outgoing) == CORS_STEP_SEND);
  CHECK(cors_fetch_verdict(fetch, &verdict) == CORS_ERROR_ORDER);

  cors_header answer[] = {line("Access-Control-Allow-Origin", "*"), line("Access-Control-Allow-Methods", "PUT"),
                          line("Access-Control-Allow-Headers", "X-A"), line("Access-Control-Max-Age", "60")};
  CHECK(cors_fetch_receive(fetch, 204, answer, 4, cache, 1000, &outgoing) == CORS_STEP_SEND);
  CHECK(cors_preflight_cache_len(cache) == 1 && cors_preflight_cache_len(NULL) == 0);
  CHECK(outgoing.exchange == CORS_EXCHANGE_ACTUAL && is(outgoing.method, "PUT"));
  CHECK(outgoing.request_method.ptr == NULL && outgoing.request_headers.ptr == NULL);
  cors_header response[] = {line("Access-Control-Allow-Origin", "*"), line("ETag", "x"), line("Content-Type", "x"),
                            line("Access-Control-Expose-Headers", "etag"), line("Timing-Allow-Origin", "*")};
  CHECK(cors_fetch_receive(fetch, 201, response, 5, cache, 1000, &outgoing) == CORS_STEP_DONE);
  CHECK(cors_fetch_verdict(fetch, &verdict) == CORS_OK);
  CHECK(verdict.allowed == 1 && verdict.reason == 0 && verdict.status == 201 && verdict.timing_allowed == 1);
  CHECK(verdict.response_type == CORS_RESPONSE_CORS && verdict.redirected == 0 && verdict.console_count == 0);
  CHECK(verdict.exchange == CORS_EXCHANGE_NONE && verdict.exposed_count == 2 && verdict.detail.len == 0);
  CHECK(is(verdict.url, "https://api.example/items?page=2#top"));
  CHECK(cors_fetch_exposed(fetch, 0, &name) == CORS_OK && is(name, "content-type"));
  CHECK(cors_fetch_exposed(fetch, 1, &name) == CORS_OK && is(name, "etag"));
  CHECK(cors_fetch_exposed(fetch, 2, &name) == CORS_ERROR_NOT_FOUND);
  CHECK(cors_fetch_receive(fetch, 200, NULL, 0, cache, 0, &outgoing) == CORS_ERROR_ORDER);
  CHECK(cors_fetch_fail(fetch, cache) == CORS_ERROR_ORDER);
  CHECK(cors_fetch_start(fetch, cache, 0, &outgoing) == CORS_STEP_DONE);
  cors_fetch_free(fetch);

  /* The cache spares the next one its preflight, until it is cleared or time has passed. */
  fetch = fetch_of(&init);
  CHECK(cors_fetch_start(fetch, cache, 60999, &outgoing) == CORS_STEP_SEND);
  CHECK(outgoing.exchange == CORS_EXCHANGE_ACTUAL);
  cors_fetch_free(fetch);
  fetch = fetch_of(&init);
  CHECK(cors_fetch_start(fetch, cache, 61000, &outgoing) == CORS_STEP_SEND);
  CHECK(outgoing.exchange == CORS_EXCHANGE_PREFLIGHT);
  cors_fetch_free(fetch);
  cors_preflight_cache_clear(cache);
  cors_preflight_cache_clear(NULL);
  CHECK(cors_preflight_cache_len(cache) == 0);
  cors_preflight_cache_free(cache);
  cors_preflight_cache_free(NULL);
  cors_fetch_free(NULL);
}

static void a_fetch_that_is_blocked(void) {
  cors_fetch_init init = put();
  init.engine = CORS_ENGINE_GECKO;
  init.method = CORS_STR_ABSENT;
  init.header_count = 0;
  init.headers = NULL;
  init.credentials = CORS_CREDENTIALS_INCLUDE;
  cors_fetch *fetch = fetch_of(&init);
  cors_outgoing outgoing = CORS_OUTGOING_INIT;
  cors_verdict verdict = CORS_VERDICT_INIT;
  cors_str text;
  CHECK(cors_fetch_start(fetch, NULL, 0, &outgoing) == CORS_STEP_SEND);
  CHECK(is(outgoing.method, "GET") && outgoing.includes_credentials == 1);
  cors_header response[] = {line("Access-Control-Allow-Origin", "https://other.example")};
  CHECK(cors_fetch_receive(fetch, 200, response, 1, NULL, 0, &outgoing) == CORS_STEP_DONE);
  CHECK(cors_fetch_verdict(fetch, &verdict) == CORS_OK && verdict.allowed == 0);
  CHECK(verdict.reason == CORS_BROWSER_REASON_ALLOW_ORIGIN_MISMATCH && is(verdict.detail, "https://other.example"));
  CHECK(verdict.response_type == CORS_RESPONSE_ERROR && verdict.exchange == CORS_EXCHANGE_ACTUAL);
  CHECK(verdict.status == 0 && verdict.refused_status == 200 && verdict.redirect_count == 0);
  CHECK(verdict.console_count > 0 && cors_fetch_console(fetch, 0, &text) == CORS_OK && text.len > 0);
  CHECK(cors_fetch_console(fetch, verdict.console_count, &text) == CORS_ERROR_NOT_FOUND);
  CHECK(cors_fetch_console(fetch, 0, NULL) == CORS_ERROR_NULL && cors_fetch_console(NULL, 0, &text) == CORS_ERROR_NULL);
  CHECK(cors_fetch_exposed(NULL, 0, &text) == CORS_ERROR_NULL);
  CHECK(cors_fetch_verdict(fetch, NULL) == CORS_ERROR_NULL && cors_fetch_verdict(NULL, &verdict) == CORS_ERROR_NULL);
  verdict.struct_size = 2;
  CHECK(cors_fetch_verdict(fetch, &verdict) == CORS_ERROR_STRUCT_SIZE);
  cors_fetch_free(fetch);

  fetch = fetch_of(&init);
  CHECK(cors_fetch_start(fetch, NULL, 0, NULL) == CORS_ERROR_NULL && cors_fetch_start(NULL, NULL, 0, &outgoing) == CORS_ERROR_NULL);
  CHECK(cors_fetch_start(fetch, NULL, 0, &outgoing) == CORS_STEP_SEND);
  CHECK(cors_fetch_receive(fetch, 200, NULL, 2, NULL, 0, &outgoing) == CORS_ERROR_NULL);
  CHECK(cors_fetch_receive(fetch, 200, response, (size_t)-1, NULL, 0, &outgoing) == CORS_ERROR_TOO_LONG);
  CHECK(cors_fetch_receive(NULL, 200, NULL, 0, NULL, 0, &outgoing) == CORS_ERROR_NULL);
  outgoing.struct_size = 3;
  CHECK(cors_fetch_receive(fetch, 200, NULL, 0, NULL, 0, &outgoing) == CORS_ERROR_STRUCT_SIZE);
  CHECK(cors_fetch_start(fetch, NULL, 0, &outgoing) == CORS_ERROR_STRUCT_SIZE);
  CHECK(cors_fetch_fail(NULL, NULL) == CORS_ERROR_NULL && cors_fetch_fail(fetch, NULL) == CORS_STEP_DONE);
  verdict.struct_size = sizeof verdict;
  CHECK(cors_fetch_verdict(fetch, &verdict) == CORS_OK);
  CHECK(verdict.reason == CORS_BROWSER_REASON_CONNECTION_FAILED && verdict.refused_status == 0);
  cors_fetch_free(fetch);
}

static void what_fetch_throws(void) {
  cors_fetch_init init = put();
  cors_error error = CORS_ERROR_INIT;
  cors_fetch *fetch = NULL;
  init.method = str("TRACE");
  CHECK(cors_fetch_new(&init, &fetch, &error) == CORS_ERROR_REQUEST && fetch == NULL);
  CHECK(error.reason == CORS_BROWSER_REASON_FORBIDDEN_METHOD && strcmp(error.code, "forbidden-method") == 0);
  CHECK(strcmp(error.value, "TRACE") == 0 && cors_needs_preflight(&init, NULL) == CORS_ERROR_REQUEST);
  init = put();
  init.url = str("/relative");
  CHECK(cors_fetch_new(&init, &fetch, &error) == CORS_ERROR_REQUEST);
  CHECK(error.reason == CORS_BROWSER_REASON_INVALID_URL);
}

static void fields_that_cannot_be_read(void) {
  static const size_t FIELDS[] = {
      offsetof(cors_fetch_init, engine),          offsetof(cors_fetch_init, mode),
      offsetof(cors_fetch_init, credentials),     offsetof(cors_fetch_init, redirect),
      offsetof(cors_fetch_init, cache),           offsetof(cors_fetch_init, body),
      offsetof(cors_fetch_init, initiator),       offsetof(cors_fetch_init, upload_listener),
      offsetof(cors_fetch_init, referrer_policy), offsetof(cors_fetch_init, embedder_policy),
      offsetof(cors_fetch_init, http_version),
  };
  static const char *const NAMES[] = {"engine",          "mode",
                                      "credentials",     "redirect",
                                      "cache",           "body",
                                      "initiator",       "upload_listener",
                                      "referrer_policy", "embedder_policy",
                                      "http_version"};
  cors_error error = CORS_ERROR_INIT;
  cors_fetch *fetch = NULL;
  for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++) {
    cors_fetch_init init = put();
    ((uint8_t *)&init)[FIELDS[i]] = 99;
    CHECK(cors_fetch_new(&init, &fetch, &error) == CORS_ERROR_VALUE && strcmp(error.key, NAMES[i]) == 0);
  }
  cors_fetch_init init = put();
  init.origin = str("\xC3");
  CHECK(cors_fetch_new(&init, &fetch, &error) == CORS_ERROR_ENCODING && strcmp(error.key, "origin") == 0);
  init = put();
  init.method = ENDLESS;
  CHECK(cors_fetch_new(&init, &fetch, &error) == CORS_ERROR_TOO_LONG && strcmp(error.key, "method") == 0);
  init = put();
  init.headers = NULL;
  CHECK(cors_fetch_new(&init, &fetch, &error) == CORS_ERROR_NULL && strcmp(error.key, "headers") == 0);
  init.struct_size = 7;
  CHECK(cors_fetch_new(&init, &fetch, &error) == CORS_ERROR_STRUCT_SIZE && strcmp(error.key, "init") == 0);
  CHECK(cors_fetch_new(NULL, &fetch, &error) == CORS_ERROR_NULL);
  init = put();
  CHECK(cors_fetch_new(&init, NULL, &error) == CORS_ERROR_NULL && fetch == NULL);
  error.struct_size = 1;
  CHECK(cors_fetch_new(&init, &fetch, &error) == CORS_ERROR_STRUCT_SIZE && fetch == NULL);
}

static void questions(void) {
  cors_fetch_init init = put();
  cors_error error = CORS_ERROR_INIT;
  uint16_t reason = 77;
  CHECK(cors_needs_preflight(&init, &error) == CORS_PREFLIGHT_FOR_METHOD);
  init.method = str("POST");
  CHECK(cors_needs_preflight(&init, &error) == CORS_PREFLIGHT_FOR_HEADER);
  init.header_count = 0;
  CHECK(cors_needs_preflight(&init, &error) == CORS_PREFLIGHT_NOT_NEEDED);
  init.initiator = CORS_INITIATOR_XML_HTTP_REQUEST;
  init.upload_listener = 1;
  init.body = CORS_BODY_TEXT;
  CHECK(cors_needs_preflight(&init, &error) == CORS_PREFLIGHT_FORCED);
  CHECK(cors_needs_preflight(NULL, &error) == CORS_ERROR_NULL);

  cors_header star = line("access-control-allow-origin", "*");
  cors_str origin = str("https://a.example");
  CHECK(cors_check(CORS_ENGINE_SPEC, origin, CORS_CREDENTIALS_OMIT, &star, 1, &reason) == CORS_OK && reason == 0);
  CHECK(cors_check(CORS_ENGINE_SPEC, origin, CORS_CREDENTIALS_INCLUDE, &star, 1, &reason) == CORS_OK);
  CHECK(reason == CORS_BROWSER_REASON_WILDCARD_ALLOW_ORIGIN_WITH_CREDENTIALS);
  CHECK(cors_check(9, origin, 0, &star, 1, &reason) == CORS_ERROR_VALUE);
  CHECK(cors_check(0, origin, 9, &star, 1, &reason) == CORS_ERROR_VALUE);
  CHECK(cors_check(0, str("nonsense"), 0, &star, 1, &reason) == CORS_ERROR_VALUE);
  CHECK(cors_check(0, str("\xFF"), 0, &star, 1, &reason) == CORS_ERROR_ENCODING);
  CHECK(cors_check(0, origin, 0, &star, 1, NULL) == CORS_ERROR_NULL);
  CHECK(cors_check(0, origin, 0, NULL, 1, &reason) == CORS_ERROR_NULL);

  init = put();
  CHECK(cors_preflight_check(&init, 204, &star, 1, &reason, &error) == CORS_OK);
  CHECK(reason == CORS_BROWSER_REASON_METHOD_NOT_ALLOWED);
  cors_header both[] = {star, line("access-control-allow-methods", "*"), line("access-control-allow-headers", "*")};
  CHECK(cors_preflight_check(&init, 204, both, 3, &reason, &error) == CORS_OK && reason == 0);
  CHECK(cors_preflight_check(&init, 404, both, 3, &reason, &error) == CORS_OK);
  CHECK(reason == CORS_BROWSER_REASON_PREFLIGHT_STATUS);
  CHECK(cors_preflight_check(&init, 204, both, 3, NULL, &error) == CORS_ERROR_NULL);
  init.method = str("CONNECT");
  CHECK(cors_preflight_check(&init, 204, both, 3, &reason, &error) == CORS_ERROR_REQUEST);

  cors_header response[] = {line("Content-Type", "x"), line("ETag", "x"), line("Set-Cookie", "x"),
                            line("Access-Control-Expose-Headers", "*")};
  uint8_t readable[4] = {7, 7, 7, 7};
  CHECK(cors_exposed_headers(CORS_ENGINE_SPEC, CORS_CREDENTIALS_OMIT, response, 4, readable) == CORS_OK);
  CHECK(readable[0] == 1 && readable[1] == 1 && readable[2] == 0 && readable[3] == 1);
  CHECK(cors_exposed_headers(CORS_ENGINE_SPEC, CORS_CREDENTIALS_INCLUDE, response, 4, readable) == CORS_OK);
  CHECK(readable[0] == 1 && readable[1] == 0);
  CHECK(cors_exposed_headers(CORS_ENGINE_SPEC, 0, NULL, 0, NULL) == CORS_OK);
  CHECK(cors_exposed_headers(CORS_ENGINE_SPEC, 0, response, 4, NULL) == CORS_ERROR_NULL);
  CHECK(cors_exposed_headers(4, 0, response, 4, readable) == CORS_ERROR_VALUE);
}

int main(void) {
  a_fetch_that_succeeds();
  a_fetch_that_is_blocked();
  what_fetch_throws();
  fields_that_cannot_be_read();
  questions();
  return 0;
}
