/* Checks for the test programs: what fails is printed, and the program ends with 1. */
#ifndef CHECK_H
#define CHECK_H

#include <cors_engine.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);   \
      exit(1);                                                                  \
    }                                                                           \
  } while (0)

static inline cors_str str(const char *text) { return CORS_STR_OF(text, strlen(text)); }

static inline bool is(cors_str value, const char *text) {
  return value.ptr != NULL && value.len == strlen(text) && memcmp(value.ptr, text, value.len) == 0;
}

static inline cors_header line(const char *name, const char *value) {
  cors_header header;
  header.name = str(name);
  header.value = str(value);
  return header;
}

/* NULL with a length, and a length that nothing has. */
static const cors_str UNSOUND = {NULL, 3};
static const cors_str ENDLESS = {"x", (size_t)-1};

static inline const cors_policy *policy_of(const char *toml) {
  const cors_policy *policy = NULL;
  cors_error error = CORS_ERROR_INIT;
  if (cors_policy_from_toml(str(toml), CORS_STR_ABSENT, &policy, &error) != CORS_OK) {
    fprintf(stderr, "%s: %s\n", error.key, error.message);
    exit(1);
  }
  return policy;
}

#endif
