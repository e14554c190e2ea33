/* A server that uses the server half only, or with -DWITHOUT nothing at all: the difference is what linking the
 * static library costs. */
#include <stdio.h>
#ifndef WITHOUT
#include <cors_engine.h>
#endif

int main(int count, char **arguments) {
#ifndef WITHOUT
  cors_builder *builder = NULL;
  const cors_policy *policy = NULL;
  cors_error error = CORS_ERROR_INIT;
  cors_request request = CORS_REQUEST_INIT;
  cors_decision decision = CORS_DECISION_INIT;
  if (cors_builder_new(&builder) != CORS_OK) return 1;
  for (int i = 2; i + 1 < count; i += 2) {
    cors_str key = CORS_STR_OF(arguments[i], 7), value = CORS_STR_OF(arguments[i + 1], 17);
    if (cors_builder_add(builder, key, value, &error) != CORS_OK) return 2;
    if (cors_builder_set(builder, key, value, &error) == CORS_OK) return 2;
  }
  if (cors_builder_build(builder, &policy, &error) != CORS_OK) puts(error.message);
  cors_builder_free(builder);
  cors_request_header(&request, CORS_STR("Origin"), CORS_STR("https://a.example"));
  cors_decide(policy, &request, &decision);
  for (uint32_t i = 0; i < decision.op_count; i++) {
    cors_str value;
    char vary[100];
    size_t written;
    if (cors_op_value(&decision.ops[i], &request, &value) == CORS_OK)
      cors_vary_merge(value, CORS_STR("origin"), vary, sizeof vary, &written);
  }
  printf("%d %s\n", cors_is_policy_header(CORS_STR("vary")), cors_reason_code(decision.reason));
  cors_policy_unref(policy);
#endif
  return printf("%d %s\n", count, arguments[0]) < 0;
}
