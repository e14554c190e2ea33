/* Request time: what a server asks for each request, and what it gets from unusable arguments. */
#include "check.h"

static const cors_op *op_of(const cors_decision *decision, const char *name) {
  for (uint32_t i = 0; i < decision->op_count; i++)
    if (is(decision->ops[i].name, name)) return &decision->ops[i];
  return NULL;
}

static cors_decision decide(const cors_policy *policy, const cors_request *request) {
  cors_decision decision;
  memset(&decision, 0xAA, sizeof decision);
  decision.struct_size = sizeof decision;
  cors_decide(policy, request, &decision);
  return decision;
}

static cors_request preflight(void) {
  cors_request request;
  cors_request_init(&request, str("OPTIONS"));
  CHECK(!cors_request_header(&request, str("Host"), str("api.example")));
  CHECK(cors_request_header(&request, str("oRIGIN"), str(" https://a.example\t")));
  CHECK(cors_request_header(&request, str("access-control-request-method"), str(" PUT ")));
  CHECK(cors_request_header(&request, str("Access-Control-Request-Headers"), str("x-a,x-b")));
  return request;
}

static void a_preflight_that_succeeds(void) {
  const cors_policy *policy =
      policy_of("origins = ['https://a.example']\nmethods = ['PUT']\nrequest_headers = ['x-a', 'x-b']\nmax_age = 5");
  cors_request request = preflight();
  cors_decision decision = decide(policy, &request);
  CHECK(decision.kind == CORS_KIND_PREFLIGHT && decision.action == CORS_ACTION_RESPOND && decision.status == 204);
  CHECK(decision.allowed == 1 && decision.reason == CORS_REASON_ORIGIN_LISTED && decision.reserved0 == 0);
  const cors_op *origin = op_of(&decision, "access-control-allow-origin");
  CHECK(origin->action == CORS_OP_SET && origin->flags == CORS_OP_ECHO_ORIGIN && origin->value.ptr == NULL);
  CHECK(origin->header == CORS_HEADER_ALLOW_ORIGIN && origin->name.ptr[origin->name.len] == '\0');
  cors_str value = CORS_STR_ABSENT;
  CHECK(cors_op_value(origin, &request, &value) == CORS_OK && is(value, "https://a.example"));
  CHECK(is(op_of(&decision, "access-control-allow-methods")->value, "PUT"));
  CHECK(is(op_of(&decision, "access-control-max-age")->value, "5"));
  CHECK(op_of(&decision, "access-control-allow-credentials")->action == CORS_OP_REMOVE);
  const cors_op *vary = op_of(&decision, "vary");
  CHECK(vary == &decision.ops[decision.op_count - 1] && vary->action == CORS_OP_VARY);
  CHECK(is(vary->value, "origin, access-control-request-method, access-control-request-headers"));
  CHECK(cors_op_value(vary, NULL, &value) == CORS_OK && value.ptr == vary->value.ptr);
  CHECK(op_of(&decision, "timing-allow-origin") == NULL);
  cors_policy_unref(policy);
}

static void echoes(void) {
  const cors_policy *policy = policy_of("origins = ['*']\nmethods = ['*']\nrequest_headers = ['*']");
  cors_request request = preflight();
  CHECK(cors_request_header(&request, str("Access-Control-Request-Headers"), str(" , ")));
  CHECK(cors_request_header(&request, str("Access-Control-Request-Headers"), str("x-c")));
  cors_decision decision = decide(policy, &request);
  cors_str value = CORS_STR_ABSENT;
  const cors_op *method = op_of(&decision, "access-control-allow-methods");
  CHECK(method->flags == CORS_OP_ECHO_REQUEST_METHOD);
  CHECK(cors_op_value(method, &request, &value) == CORS_OK && is(value, "PUT"));
  const cors_op *names = op_of(&decision, "access-control-allow-headers");
  CHECK(names->action == CORS_OP_SET && names->flags == CORS_OP_ECHO_REQUEST_HEADERS && names->line == 0);
  const cors_op *more = NULL;
  for (uint32_t i = 0; i < decision.op_count; i++)
    if (decision.ops[i].action == CORS_OP_APPEND) more = &decision.ops[i];
  CHECK(more != NULL && more > names && is(more->name, "access-control-allow-headers") && more->line == 2);
  CHECK(cors_op_value(more, &request, &value) == CORS_OK && is(value, "x-c"));

  cors_op wrong = *more;
  wrong.line = 3;
  CHECK(cors_op_value(&wrong, &request, &value) == CORS_ERROR_VALUE && is(value, "x-c"));
  wrong.flags = 64;
  CHECK(cors_op_value(&wrong, &request, &value) == CORS_ERROR_VALUE);
  CHECK(cors_op_value(NULL, &request, &value) == CORS_ERROR_NULL);
  CHECK(cors_op_value(more, NULL, &value) == CORS_ERROR_NULL);
  CHECK(cors_op_value(more, &request, NULL) == CORS_ERROR_NULL);
  request.struct_size++;
  CHECK(cors_op_value(more, &request, &value) == CORS_ERROR_STRUCT_SIZE);
  cors_policy_unref(policy);
}

static void kinds_and_refusals(void) {
  const cors_policy *policy = policy_of("origins = ['https://a.example']\ntiming_allow_origins = ['*']");
  cors_request request = CORS_REQUEST_INIT;
  request.method = str("GET");
  cors_decision decision = decide(policy, &request);
  CHECK(decision.kind == CORS_KIND_NOT_CORS && decision.action == CORS_ACTION_PASS && decision.status == 0);
  CHECK(decision.reason == CORS_REASON_NO_ORIGIN && is(op_of(&decision, "timing-allow-origin")->value, "*"));
  CHECK(cors_request_header(&request, str("Origin"), str("https://b.example")));
  decision = decide(policy, &request);
  CHECK(decision.kind == CORS_KIND_ACTUAL && decision.allowed == 0);
  CHECK(decision.reason == CORS_REASON_ORIGIN_NOT_ALLOWED && decision.op_count == 9);
  for (uint32_t i = 0; i < 8; i++) CHECK(decision.ops[i].action == CORS_OP_REMOVE && decision.ops[i].header == i);
  /* An empty Origin is not the same as none, and two are not the same as one. */
  cors_request_init(&request, str("GET"));
  CHECK(cors_request_header(&request, str("Origin"), CORS_STR_ABSENT));
  CHECK(decide(policy, &request).reason == CORS_REASON_ORIGIN_NOT_SERIALIZED);
  CHECK(cors_request_header(&request, str("Origin"), str("https://a.example")));
  CHECK(decide(policy, &request).reason == CORS_REASON_SEVERAL_ORIGINS && request.origin_lines == 2);
  request = preflight();
  decision = decide(policy, &request);
  CHECK(decision.reason == CORS_REASON_METHOD_NOT_ALLOWED && decision.status == 403);
  cors_policy_unref(policy);
}

static void more_lines_than_are_kept(void) {
  char document[1024] = "origins = ['*']\nmethods = ['PUT']\nrequest_headers = [";
  char names[CORS_REQUEST_LINES + 1][8];
  for (int i = 0; i <= CORS_REQUEST_LINES; i++) {
    snprintf(names[i], sizeof names[i], "x-%02d", i);
    snprintf(document + strlen(document), sizeof document - strlen(document), "'%s', ", names[i]);
  }
  strcat(document, "]");
  const cors_policy *policy = policy_of(document);
  cors_request request;
  cors_request_init(&request, str("OPTIONS"));
  cors_request_header(&request, str("Origin"), str("https://a.example"));
  cors_request_header(&request, str("Access-Control-Request-Method"), str("PUT"));
  for (int i = 0; i <= CORS_REQUEST_LINES; i++) {
    CHECK(decide(policy, &request).allowed == 1);
    CHECK(cors_request_header(&request, str("Access-Control-Request-Headers"), str(names[i])));
  }
  CHECK(request.request_headers_lines == CORS_REQUEST_LINES + 1);
  CHECK(decide(policy, &request).reason == CORS_REASON_REQUEST_HEADERS_OVER_BUDGET);
  cors_policy_unref(policy);
  policy = policy_of("origins = ['*']\nmethods = ['PUT']\nrequest_headers = ['*']");
  CHECK(decide(policy, &request).reason == CORS_REASON_REQUEST_HEADERS_OVER_BUDGET);
  cors_policy_unref(policy);
}

static void what_cannot_be_decided_is_refused(void) {
  const cors_policy *policy = policy_of("origins = ['*']");
  cors_request good = preflight(), bad = good;
  cors_decision decisions[6];
  decisions[0] = decide(NULL, &good);
  decisions[1] = decide(policy, NULL);
  bad.struct_size = 4;
  decisions[2] = decide(policy, &bad);
  bad = good;
  bad.origin = UNSOUND;
  decisions[3] = decide(policy, &bad);
  bad = good;
  bad.request_headers[0] = ENDLESS;
  decisions[4] = decide(policy, &bad);
  memset(&decisions[5], 0xAA, sizeof decisions[5]);
  cors_decide(policy, &good, &decisions[5]);
  for (int i = 0; i < 6; i++) {
    CHECK(decisions[i].reason == CORS_REASON_INTERNAL && decisions[i].allowed == 0);
    CHECK(decisions[i].kind == CORS_KIND_ACTUAL && decisions[i].action == CORS_ACTION_PASS);
    CHECK(decisions[i].op_count == 7);
    for (uint32_t n = 0; n < 7; n++) CHECK(decisions[i].ops[n].action == CORS_OP_REMOVE);
  }
  cors_decide(policy, &good, NULL);
  cors_request_init(NULL, str("GET"));
  CHECK(!cors_request_header(NULL, str("Origin"), str("x")));
  CHECK(!cors_request_header(&bad, UNSOUND, str("x")));
  CHECK(!cors_request_header(&bad, CORS_STR_OF(NULL, 6), str("x")));
  CHECK(!cors_request_header(&bad, str("origim"), str("x")));
  bad.struct_size = 0;
  CHECK(!cors_request_header(&bad, str("Origin"), str("x")));
  cors_policy_unref(policy);
}

static void vary(void) {
  static const char *const CASES[][3] = {
      {"", "origin", "origin"},
      {"Accept-Encoding", "origin", "Accept-Encoding, origin"},
      {"Accept , Origin", "origin", "Accept , Origin"},
      {"*", "origin", "*"},
      {"x-origin", "origin, accept", "x-origin, origin, accept"},
      {"ORIGIN", "origin, accept", "ORIGIN, accept"},
      {"origin", "", "origin"},
      {"", "", ""},
  };
  char buffer[128];
  size_t written = 77;
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    cors_str have = str(CASES[i][0]), add = str(CASES[i][1]);
    size_t need = strlen(CASES[i][2]);
    CHECK(cors_vary_merge(have, add, buffer, sizeof buffer, &written) == CORS_OK && written == need);
    CHECK(memcmp(buffer, CASES[i][2], need) == 0);
    CHECK(cors_vary_merge(have, add, buffer, need, &written) == CORS_OK);
    if (need == 0) continue;
    written = 77;
    CHECK(cors_vary_merge(have, add, NULL, 0, &written) == CORS_ERROR_NO_SPACE && written == need);
    CHECK(cors_vary_merge(have, add, buffer, need - 1, &written) == CORS_ERROR_NO_SPACE);
  }
  CHECK(cors_vary_merge(CORS_STR_ABSENT, str("origin"), buffer, sizeof buffer, &written) == CORS_OK && written == 6);
  written = 77;
  CHECK(cors_vary_merge(UNSOUND, str("origin"), buffer, sizeof buffer, &written) == CORS_ERROR_NULL);
  CHECK(cors_vary_merge(str("x"), ENDLESS, buffer, sizeof buffer, &written) == CORS_ERROR_TOO_LONG);
  CHECK(cors_vary_merge(str("x"), str("y"), NULL, 9, &written) == CORS_ERROR_NULL && written == 77);
  CHECK(cors_vary_merge(str("x"), str("y"), buffer, sizeof buffer, NULL) == CORS_ERROR_NULL);
}

static void policy_headers(void) {
  CHECK(cors_is_policy_header(str("Access-Control-Allow-Origin")));
  CHECK(cors_is_policy_header(str("access-control-allow-private-network")));
  CHECK(cors_is_policy_header(str("TIMING-ALLOW-ORIGIN")));
  CHECK(!cors_is_policy_header(str("vary")) && !cors_is_policy_header(str("access-control-request-method")));
  CHECK(!cors_is_policy_header(CORS_STR_ABSENT) && !cors_is_policy_header(UNSOUND));
}

static void reasons(void) {
  CHECK(strcmp(cors_reason_code(CORS_REASON_NO_ORIGIN), "no-origin") == 0);
  CHECK(strcmp(cors_reason_code(CORS_BROWSER_REASON_MISSING_ALLOW_ORIGIN), "missing-allow-origin") == 0);
  CHECK(cors_reason_text(CORS_REASON_INTERNAL) != NULL && strncmp(cors_reason_url(1), "https://", 8) == 0);
  CHECK(cors_reason_code(0) == NULL && cors_reason_text(0) == NULL && cors_reason_url(65535) == NULL);
}

static void audit(void) {
  cors_request request = CORS_REQUEST_INIT;
  request.method = str("GET");
  cors_header star[] = {line("Access-Control-Allow-Origin", "*")};
  cors_audit result = CORS_AUDIT_INIT;
  cors_audit_context context = CORS_AUDIT_CONTEXT_INIT;
  char text[200];
  size_t written = 0;
  CHECK(cors_audit_response(&request, NULL, 200, star, 1, &result) == CORS_OK && result.relevant == 0);
  CHECK(cors_request_header(&request, str("Origin"), str("https://a.example")));
  CHECK(cors_audit_response(&request, NULL, 200, star, 1, &result) == CORS_OK);
  CHECK(result.relevant == 1 && result.preflight == 0 && result.agree == 1 && result.blocking == 0);
  CHECK(cors_audit_text(&result, text, sizeof text, &written) == CORS_OK && written == 0 && text[0] == '\0');
  CHECK(cors_audit_response(&request, NULL, 200, NULL, 0, &result) == CORS_OK && result.blocking == 3);
  CHECK(result.reason[CORS_ENGINE_GECKO] == CORS_BROWSER_REASON_MISSING_ALLOW_ORIGIN);
  CHECK(cors_audit_text(&result, text, sizeof text, &written) == CORS_OK && written == strlen(text));
  CHECK(strcmp(text, "Chromium, Firefox and WebKit would block: missing-allow-origin") == 0);
  CHECK(cors_audit_text(&result, NULL, 0, &written) == CORS_ERROR_NO_SPACE && written == strlen(text) + 1);
  CHECK(cors_audit_text(&result, text, written, &written) == CORS_OK);
  CHECK(cors_audit_text(&result, text, written, &written) == CORS_ERROR_NO_SPACE);
  CHECK(cors_audit_text(NULL, text, sizeof text, &written) == CORS_ERROR_NULL);
  CHECK(cors_audit_text(&result, text, sizeof text, NULL) == CORS_ERROR_NULL);
  result.reason[CORS_ENGINE_WEBKIT] = 0;
  result.reason[CORS_ENGINE_CHROMIUM] = CORS_BROWSER_REASON_MULTIPLE_ALLOW_ORIGIN;
  CHECK(cors_audit_text(&result, text, sizeof text, &written) == CORS_OK);
  CHECK(strcmp(text, "Chromium would block: multiple-allow-origin; Firefox would block: missing-allow-origin") == 0);

  /* With a cookie the star is not enough, and the context can say otherwise. */
  CHECK(cors_request_header(&request, str("Cookie"), str("a=b")));
  CHECK(cors_audit_response(&request, &context, 200, star, 1, &result) == CORS_OK && result.blocking == 3);
  context.credentials = CORS_CREDENTIALS_OMIT;
  CHECK(cors_audit_response(&request, &context, 200, star, 1, &result) == CORS_OK && result.blocking == 0);
  context.own_origin = str("https://a.example");
  CHECK(cors_audit_response(&request, &context, 200, NULL, 0, &result) == CORS_OK && result.relevant == 0);
  CHECK(cors_request_header(&request, str("Sec-Fetch-Mode"), str("no-cors")));
  CHECK(cors_audit_response(&request, NULL, 200, NULL, 0, &result) == CORS_OK && result.relevant == 0);

  request = preflight();
  cors_header answer[] = {line("access-control-allow-origin", "*"), line("access-control-allow-methods", "PUT"),
                          line("access-control-allow-headers", "x-a")};
  CHECK(cors_audit_response(&request, NULL, 204, answer, 3, &result) == CORS_OK && result.preflight == 1);
  CHECK(result.reason[CORS_ENGINE_SPEC] == CORS_BROWSER_REASON_HEADER_NOT_ALLOWED);
  answer[2] = line("access-control-allow-headers", "*");
  CHECK(cors_audit_response(&request, NULL, 204, answer, 3, &result) == CORS_OK && result.blocking == 0);

  context.credentials = 9;
  CHECK(cors_audit_response(&request, &context, 204, answer, 3, &result) == CORS_ERROR_VALUE);
  context.struct_size = 1;
  CHECK(cors_audit_response(&request, &context, 204, answer, 3, &result) == CORS_ERROR_STRUCT_SIZE);
  CHECK(cors_audit_response(NULL, NULL, 204, answer, 3, &result) == CORS_ERROR_NULL);
  CHECK(cors_audit_response(&request, NULL, 204, NULL, 3, &result) == CORS_ERROR_NULL);
  CHECK(cors_audit_response(&request, NULL, 204, answer, (size_t)-1, &result) == CORS_ERROR_TOO_LONG);
  CHECK(cors_audit_response(&request, NULL, 204, answer, 3, NULL) == CORS_ERROR_NULL);
  result.struct_size = 0;
  CHECK(cors_audit_response(&request, NULL, 204, answer, 3, &result) == CORS_ERROR_STRUCT_SIZE);
  CHECK(cors_audit_text(&result, text, sizeof text, &written) == CORS_ERROR_STRUCT_SIZE);
}

int main(void) {
  a_preflight_that_succeeds();
  echoes();
  kinds_and_refusals();
  more_lines_than_are_kept();
  what_cannot_be_decided_is_refused();
  vary();
  policy_headers();
  reasons();
  audit();
  return 0;
}
