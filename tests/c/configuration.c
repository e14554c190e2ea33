/* Building policies: every function, and every error that one can have. */
#include "check.h"

/* A TOML document for each mistake that a policy can have, with the status that it gives. */
static const struct {
  cors_status status;
  const char *document;
} MISTAKES[] = {
    {CORS_ERROR_SYNTAX, "origins ="},
    {CORS_ERROR_DUPLICATE_KEY, "origins = ['*']\norigins = ['*']"},
    {CORS_ERROR_UNKNOWN_KEY, "origin = ['*']"},
    {CORS_ERROR_WRONG_TYPE, "origins = '*'"},
    {CORS_ERROR_NO_ORIGINS, "max_age = 5"},
    {CORS_ERROR_ORIGIN_INVALID, "origins = ['nonsense']"},
    {CORS_ERROR_ORIGIN_NOT_SERIALIZED, "origins = ['https://App.example/']"},
    {CORS_ERROR_ORIGIN_WILDCARD_MISPLACED, "origins = ['https://a.*.example']"},
    {CORS_ERROR_ORIGIN_NULL, "origins = ['null']"},
    {CORS_ERROR_ANY_ORIGIN_WITH_CREDENTIALS, "origins = ['*']\ncredentials = true"},
    {CORS_ERROR_NULL_ORIGIN_WITH_CREDENTIALS, "null_origin = true\ncredentials = true"},
    {CORS_ERROR_INSECURE_ORIGIN_WITH_CREDENTIALS, "origins = ['http://a.example']\ncredentials = true"},
    {CORS_ERROR_PUBLIC_SUFFIX_SUBDOMAINS, "origins = ['https://*.co.uk']\ncredentials = true"},
    {CORS_ERROR_REFLECTION_WITHOUT_CREDENTIALS, "dangerous_reflect_any_origin_with_credentials = true"},
    {CORS_ERROR_METHOD_INVALID, "origins = ['*']\nmethods = ['P UT']"},
    {CORS_ERROR_METHOD_FORBIDDEN, "origins = ['*']\nmethods = ['TRACE']"},
    {CORS_ERROR_REQUEST_HEADER_INVALID, "origins = ['*']\nrequest_headers = ['a b']"},
    {CORS_ERROR_REQUEST_HEADER_FORBIDDEN, "origins = ['*']\nrequest_headers = ['cookie']"},
    {CORS_ERROR_EXPOSE_HEADER_INVALID, "origins = ['*']\nexpose_headers = ['a b']"},
    {CORS_ERROR_EXPOSE_HEADER_FORBIDDEN, "origins = ['*']\nexpose_headers = ['set-cookie']"},
    {CORS_ERROR_EXPOSE_ANY_WITH_CREDENTIALS,
     "origins = ['https://a.example']\ncredentials = true\nexpose_headers = ['*']"},
    {CORS_ERROR_MAX_AGE_OUT_OF_RANGE, "origins = ['*']\nmax_age = -2"},
    {CORS_ERROR_TIMING_ORIGIN_INVALID, "origins = ['*']\ntiming_allow_origins = ['nonsense']"},
    {CORS_ERROR_PREFLIGHT_STATUS_OUT_OF_RANGE, "origins = ['*']\npreflight_status = 304"},
};

static void every_mistake_of_a_document(void) {
  for (size_t i = 0; i < sizeof MISTAKES / sizeof *MISTAKES; i++) {
    const cors_policy *policy = NULL;
    cors_error error = CORS_ERROR_INIT;
    cors_status status = cors_policy_from_toml(str(MISTAKES[i].document), CORS_STR_ABSENT, &policy, &error);
    if (status != MISTAKES[i].status) fprintf(stderr, "%s: %s\n", MISTAKES[i].document, cors_status_name(status));
    CHECK(status == MISTAKES[i].status && error.status == status && policy == NULL);
    CHECK(strcmp(error.code, cors_status_name(status)) == 0 && error.message[0] != '\0');
    CHECK(cors_policy_from_toml(str(MISTAKES[i].document), CORS_STR_ABSENT, &policy, NULL) == status);
  }
}

static void a_mistake_says_where(void) {
  const cors_policy *policy = NULL;
  cors_error error = CORS_ERROR_INIT;
  cors_str document = str("{\"origins\": [\"https://a.example\", \"https://b.example/\"],\n \"max_age\": \"5\"}");
  CHECK(cors_policy_from_json(document, CORS_STR_ABSENT, &policy, &error) == CORS_ERROR_ORIGIN_NOT_SERIALIZED ||
        error.status == CORS_ERROR_WRONG_TYPE);
  CHECK(error.line > 0 && error.column > 0);
  document = str("{\"origins\": [\"https://a.example\", \"https://b.example/\"]}");
  CHECK(cors_policy_from_json(document, CORS_STR_ABSENT, &policy, &error) == CORS_ERROR_ORIGIN_NOT_SERIALIZED);
  CHECK(error.line == 1 && error.column == 35 && error.index == 1 && error.more == 0);
  CHECK(strcmp(error.key, "origins[1]") == 0 && strcmp(error.value, "https://b.example/") == 0);
}

static void environments(void) {
  const cors_policy *policy = NULL;
  cors_error error = CORS_ERROR_INIT;
  cors_str document = str("origins = ['https://a.example']\n[env.live]\ncredentials = true");
  CHECK(cors_policy_from_toml(document, str("dead"), &policy, &error) == CORS_ERROR_UNKNOWN_ENVIRONMENT);
  CHECK(policy == NULL && strcmp(error.value, "dead") == 0);
  CHECK(cors_policy_from_toml(document, str("live"), &policy, &error) == CORS_OK);
  CHECK(cors_policy_allows_credentials(policy));
  cors_policy_unref(policy);
  CHECK(cors_policy_from_toml(document, CORS_STR_ABSENT, &policy, &error) == CORS_OK);
  CHECK(!cors_policy_allows_credentials(policy) && !cors_policy_allows_credentials(NULL));
  cors_policy_unref(policy);
}

static void a_builder(void) {
  cors_builder *builder = NULL;
  const cors_policy *policy = NULL;
  cors_error error = CORS_ERROR_INIT;
  CHECK(cors_builder_new(NULL) == CORS_ERROR_NULL && cors_builder_new(&builder) == CORS_OK && builder != NULL);
  CHECK(cors_builder_add(builder, str("origins"), str("https://a.example"), &error) == CORS_OK);
  CHECK(cors_builder_set(builder, str("credentials"), str("true"), &error) == CORS_OK);
  CHECK(cors_builder_set(builder, str("max_age"), str("600"), NULL) == CORS_OK);
  CHECK(cors_builder_set(builder, str("refused_preflight"), str("bare"), NULL) == CORS_OK);
  CHECK(cors_builder_build(builder, &policy, &error) == CORS_OK && cors_policy_allows_credentials(policy));
  CHECK(cors_builder_mistakes(builder) == 0 && cors_builder_mistakes(NULL) == 0);
  CHECK(cors_policy_ref(policy) == policy && cors_policy_ref(NULL) == NULL);
  cors_policy_unref(policy);

  CHECK(cors_builder_add(builder, str("credentials"), str("true"), &error) == CORS_ERROR_WRONG_TYPE);
  CHECK(cors_builder_set(builder, str("origins"), str("x"), &error) == CORS_ERROR_WRONG_TYPE);
  CHECK(cors_builder_set(builder, str("max_age"), str("soon"), &error) == CORS_ERROR_WRONG_TYPE);
  CHECK(strcmp(error.key, "max_age") == 0 && strcmp(error.value, "soon") == 0);
  CHECK(cors_builder_set(builder, str("credentials"), str("yes"), &error) == CORS_ERROR_WRONG_TYPE);
  CHECK(cors_builder_set(builder, str("refused_preflight"), str("x"), &error) == CORS_ERROR_WRONG_TYPE);
  CHECK(cors_builder_set(builder, str("credential"), str("true"), &error) == CORS_ERROR_UNKNOWN_KEY);
  CHECK(strstr(error.message, "credentials") != NULL);
  CHECK(cors_builder_add(builder, str("x"), str("true"), &error) == CORS_ERROR_UNKNOWN_KEY);
  CHECK(cors_builder_add(NULL, str("origins"), str("*"), &error) == CORS_ERROR_NULL);
  CHECK(strcmp(error.key, "builder") == 0);
  CHECK(cors_builder_add(builder, CORS_STR_ABSENT, str("*"), &error) == CORS_ERROR_NULL);
  CHECK(strcmp(error.key, "key") == 0);
  CHECK(cors_builder_add(builder, str("origins"), UNSOUND, &error) == CORS_ERROR_NULL);
  CHECK(cors_builder_add(builder, str("origins"), ENDLESS, &error) == CORS_ERROR_TOO_LONG);
  CHECK(cors_builder_add(builder, str("origins"), str("\xFF"), &error) == CORS_ERROR_ENCODING);
  CHECK(strcmp(error.key, "value") == 0 && strcmp(error.code, "encoding") == 0);

  CHECK(cors_builder_add(builder, str("origins"), str("https://b.example/"), &error) == CORS_OK);
  CHECK(cors_builder_add(builder, str("methods"), str("TRACE"), &error) == CORS_OK);
  const cors_policy *none = NULL;
  cors_status first = cors_builder_build(builder, &none, &error);
  CHECK(first != CORS_OK && none == NULL && error.more == 1 && cors_builder_mistakes(builder) == 2);
  for (size_t n = 0; n < 2; n++) {
    cors_error mistake = CORS_ERROR_INIT;
    CHECK(cors_builder_mistake(builder, n, &mistake) == CORS_OK && mistake.more == 1 - n);
    CHECK(mistake.status == CORS_ERROR_METHOD_FORBIDDEN || mistake.status == CORS_ERROR_ORIGIN_NOT_SERIALIZED);
  }
  CHECK(cors_builder_mistake(builder, 2, &error) == CORS_ERROR_NOT_FOUND);
  CHECK(cors_builder_mistake(builder, 0, NULL) == CORS_ERROR_NULL);
  CHECK(cors_builder_mistake(NULL, 0, &error) == CORS_ERROR_NULL);
  cors_error small = CORS_ERROR_INIT;
  small.struct_size = 8;
  CHECK(cors_builder_mistake(builder, 0, &small) == CORS_ERROR_STRUCT_SIZE);
  CHECK(cors_builder_build(builder, &none, &small) == CORS_ERROR_STRUCT_SIZE && none == NULL);
  CHECK(cors_builder_build(builder, NULL, &error) == CORS_ERROR_NULL);
  CHECK(cors_builder_build(NULL, &none, &error) == CORS_ERROR_NULL);
  cors_builder_free(builder);
  cors_builder_free(NULL);
  /* The policy outlives its builder. */
  CHECK(cors_policy_allows_credentials(policy));
  cors_policy_unref(policy);
  cors_policy_unref(NULL);
}

static void a_builder_reads_documents(void) {
  cors_builder *builder = NULL;
  const cors_policy *policy = NULL;
  cors_error error = CORS_ERROR_INIT;
  CHECK(cors_builder_new(&builder) == CORS_OK);
  CHECK(cors_builder_read_toml(builder, str("x = 1\ny = 2"), CORS_STR_ABSENT, &error) == CORS_ERROR_UNKNOWN_KEY);
  CHECK(cors_builder_mistakes(builder) == 2 && error.line == 1 && error.more == 1);
  CHECK(cors_builder_read_json(builder, str("{\"origins\": [\"*\"]}"), CORS_STR_ABSENT, &error) == CORS_OK);
  CHECK(cors_builder_mistakes(builder) == 0);
  CHECK(cors_builder_set(builder, str("max_age"), str("9"), &error) == CORS_OK);
  CHECK(cors_builder_build(builder, &policy, &error) == CORS_OK);
  cors_policy_unref(policy);
  CHECK(cors_builder_read_toml(builder, CORS_STR_ABSENT, CORS_STR_ABSENT, &error) == CORS_ERROR_NULL);
  CHECK(cors_builder_read_toml(NULL, str(""), CORS_STR_ABSENT, &error) == CORS_ERROR_NULL);
  CHECK(cors_builder_read_json(builder, str("\xFF"), CORS_STR_ABSENT, &error) == CORS_ERROR_ENCODING);
  CHECK(cors_policy_from_json(str("{}"), ENDLESS, &policy, &error) == CORS_ERROR_TOO_LONG);
  CHECK(cors_policy_from_json(str("{}"), CORS_STR_ABSENT, NULL, &error) == CORS_ERROR_NULL);
  CHECK(cors_policy_from_toml(CORS_STR_ABSENT, CORS_STR_ABSENT, &policy, &error) == CORS_ERROR_NULL);
  cors_builder_free(builder);
}

static void findings(void) {
  const cors_policy *policy = policy_of("origins = ['https://a.example', 'https://a.example']\nmethods = ['GET']");
  cors_finding finding = CORS_FINDING_INIT;
  CHECK(cors_policy_findings(policy) == 2 && cors_policy_findings(NULL) == 0);
  CHECK(cors_policy_finding(policy, 0, &finding) == CORS_OK);
  CHECK(finding.kind == CORS_FINDING_REDUNDANT && strcmp(finding.code, "repeated") == 0);
  CHECK(strcmp(finding.key, "origins[1]") == 0 && finding.index == 1 && finding.line == 1);
  CHECK(cors_policy_finding(policy, 1, &finding) == CORS_OK);
  CHECK(strcmp(finding.code, "safelisted-method") == 0 && finding.line == 2 && finding.message[0] != '\0');
  CHECK(cors_policy_finding(policy, 2, &finding) == CORS_ERROR_NOT_FOUND);
  CHECK(cors_policy_finding(policy, 0, NULL) == CORS_ERROR_NULL);
  finding.struct_size = 0;
  CHECK(cors_policy_finding(policy, 0, &finding) == CORS_ERROR_STRUCT_SIZE);
  cors_policy_unref(policy);
}

static void texts_are_cut(void) {
  char key[300];
  memset(key, 'k', sizeof key);
  cors_builder *builder = NULL;
  cors_error error = CORS_ERROR_INIT;
  CHECK(cors_builder_new(&builder) == CORS_OK);
  CHECK(cors_builder_add(builder, CORS_STR_OF(key, sizeof key), str("x"), &error) == CORS_ERROR_UNKNOWN_KEY);
  CHECK(strlen(error.key) == sizeof error.key - 1);
  cors_builder_free(builder);
}

int main(void) {
  CHECK(cors_engine_abi() == CORS_ENGINE_ABI);
  CHECK(strcmp(cors_engine_version(), CORS_ENGINE_VERSION) == 0);
  char version[32];
  snprintf(version, sizeof version, "%d.%d.%d", CORS_ENGINE_VERSION_MAJOR, CORS_ENGINE_VERSION_MINOR,
           CORS_ENGINE_VERSION_PATCH);
  CHECK(strcmp(version, CORS_ENGINE_VERSION) == 0);
  CHECK(strcmp(cors_status_name(CORS_OK), "ok") == 0 && strcmp(cors_status_name(1), "unknown") == 0);
  CHECK(strcmp(cors_status_name(CORS_ERROR_PANIC), "panic") == 0);
  /* No predicate can be given through C, so two mistakes have a name only. */
  CHECK(strcmp(cors_status_name(CORS_ERROR_PREDICATE_WITH_ANY_ORIGIN), "predicate-with-any-origin") == 0);
  CHECK(strcmp(cors_status_name(CORS_ERROR_PREDICATE_HEADER_INVALID), "predicate-header-invalid") == 0);
  every_mistake_of_a_document();
  a_mistake_says_where();
  environments();
  a_builder();
  a_builder_reads_documents();
  findings();
  texts_are_cut();
  return 0;
}
