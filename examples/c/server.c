/* A server that answers three requests: build a policy, decide, and put the decision on a response.
 *
 *   cc examples/c/server.c $(pkg-config --cflags --libs cors_engine) -o server && ./server
 */
#include <cors_engine.h>
#include <stdio.h>

static const char POLICY[] = "origins = ['https://app.example', 'https://*.app.example']\n"
                             "credentials = true\n"
                             "methods = ['PUT']\n"
                             "request_headers = ['content-type']\n"
                             "max_age = 600\n";

static cors_str text(const char *string, size_t length) { return CORS_STR_OF(string, length); }

/* Prints what a server would do to the headers of its response. */
static void apply(const cors_decision *decision, const cors_request *request) {
  for (uint32_t i = 0; i < decision->op_count; i++) {
    const cors_op *op = &decision->ops[i];
    cors_str value = CORS_STR_ABSENT;
    if (cors_op_value(op, request, &value) != CORS_OK) return;
    if (op->action == CORS_OP_REMOVE) continue; /* drops what the application has set */
    printf("  %s: %.*s\n", op->name.ptr, (int)value.len, value.ptr);
  }
}

static void answer(const cors_policy *policy, const char *method, const cors_header *headers, size_t count) {
  cors_request request = CORS_REQUEST_INIT;
  size_t length = 0;
  while (method[length] != '\0') length++;
  request.method = text(method, length);
  for (size_t i = 0; i < count; i++) cors_request_header(&request, headers[i].name, headers[i].value);

  cors_decision decision;
  decision.struct_size = sizeof decision;
  cors_decide(policy, &request, &decision);
  printf("%s: %s", method, cors_reason_code(decision.reason));
  if (decision.action == CORS_ACTION_RESPOND) printf(", answered with %u", decision.status);
  printf("\n");
  apply(&decision, &request);
}

int main(void) {
  cors_error error = CORS_ERROR_INIT;
  const cors_policy *policy = NULL;
  if (cors_policy_from_toml(CORS_STR_OF(POLICY, sizeof POLICY - 1), CORS_STR_ABSENT, &policy, &error)) {
    fprintf(stderr, "policy:%u:%u: %s: %s\n", error.line, error.column, error.key, error.message);
    return 1;
  }
  const cors_header preflight[] = {
      {CORS_STR("Host"), CORS_STR("api.example")},
      {CORS_STR("Origin"), CORS_STR("https://shop.app.example")},
      {CORS_STR("Access-Control-Request-Method"), CORS_STR("PUT")},
      {CORS_STR("Access-Control-Request-Headers"), CORS_STR("content-type")},
  };
  const cors_header stranger[] = {{CORS_STR("Origin"), CORS_STR("https://evil.example")}};
  answer(policy, "OPTIONS", preflight, 4);
  answer(policy, "PUT", preflight, 2);
  answer(policy, "GET", stranger, 1);
  cors_policy_unref(policy);
  return 0;
}
