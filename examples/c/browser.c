/* A browser's fetch() against an API, step by step: what is sent, and what script gets.
 *
 *   cc examples/c/browser.c $(pkg-config --cflags --libs cors_engine) -o browser && ./browser
 */
#include <cors_engine.h>
#include <stdio.h>

/* What the server would answer; a real program sends the request and reads the response. */
static size_t serve(const cors_outgoing *outgoing, cors_header *headers) {
  size_t count = 0;
  headers[count].name = CORS_STR("Access-Control-Allow-Origin");
  headers[count++].value = CORS_STR("https://app.example");
  if (outgoing->exchange == CORS_EXCHANGE_PREFLIGHT) {
    headers[count].name = CORS_STR("Access-Control-Allow-Methods");
    headers[count++].value = CORS_STR("PUT");
  }
  return count;
}

static void report(const cors_fetch *fetch) {
  cors_verdict verdict = CORS_VERDICT_INIT;
  if (cors_fetch_verdict(fetch, &verdict) != CORS_OK) return;
  if (verdict.allowed) {
    printf("script gets a response with status %u\n", verdict.status);
    return;
  }
  printf("blocked: %s\n", cors_reason_text(verdict.reason));
  for (uint32_t i = 0; i < verdict.console_count; i++) {
    cors_str line;
    if (cors_fetch_console(fetch, i, &line) == CORS_OK) printf("  %.*s\n", (int)line.len, line.ptr);
  }
}

int main(void) {
  const cors_header author[] = {{CORS_STR("Content-Type"), CORS_STR("application/json")}};
  cors_fetch_init init = CORS_FETCH_INIT;
  init.engine = CORS_ENGINE_CHROMIUM;
  init.origin = CORS_STR("https://app.example");
  init.url = CORS_STR("https://api.example/items/7");
  init.method = CORS_STR("PUT");
  init.body = CORS_BODY_TEXT;
  init.headers = author;
  init.header_count = 1;

  cors_error error = CORS_ERROR_INIT;
  cors_fetch *fetch = NULL;
  if (cors_fetch_new(&init, &fetch, &error) != CORS_OK) {
    fprintf(stderr, "fetch() throws: %s\n", error.message);
    return 1;
  }
  cors_outgoing outgoing = CORS_OUTGOING_INIT;
  int32_t step = cors_fetch_start(fetch, NULL, 0, &outgoing);
  while (step == CORS_STEP_SEND) {
    printf("%.*s %.*s\n", (int)outgoing.method.len, outgoing.method.ptr, (int)outgoing.url.len, outgoing.url.ptr);
    for (size_t i = 0; i < outgoing.header_count; i++) {
      cors_header line;
      if (cors_fetch_header(fetch, i, &line) != CORS_OK) break;
      printf("  %.*s: %.*s\n", (int)line.name.len, line.name.ptr, (int)line.value.len, line.value.ptr);
    }
    cors_header headers[2];
    size_t count = serve(&outgoing, headers);
    step = cors_fetch_receive(fetch, 200, headers, count, NULL, 0, &outgoing);
  }
  report(fetch);
  cors_fetch_free(fetch);
  return step == CORS_STEP_DONE ? 0 : 1;
}
