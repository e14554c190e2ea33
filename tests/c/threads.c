/* Many threads over one policy, references taken and released by all of them; and processes forked after the
 * policy was made. */
#include "check.h"
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 8, PROCESSES = 3 };

static const cors_policy *policy;
static int rounds = 2000;

static void decide(int round) {
  cors_request request;
  cors_decision decision;
  decision.struct_size = sizeof decision;
  cors_request_init(&request, round % 2 == 0 ? str("GET") : str("OPTIONS"));
  cors_request_header(&request, str("Origin"), str(round % 3 == 0 ? "https://b.example" : "https://x.a.example"));
  cors_request_header(&request, str("Access-Control-Request-Method"), str("PUT"));
  cors_decide(policy, &request, &decision);
  CHECK(decision.allowed == (round % 3 != 0));
}

static void *serve(void *unused) {
  (void)unused;
  for (int round = 0; round < rounds; round++) {
    const cors_policy *mine = cors_policy_ref(policy);
    decide(round);
    cors_policy_unref(mine);
  }
  return NULL;
}

static void run_threads(void) {
  pthread_t threads[THREADS];
  for (int i = 0; i < THREADS; i++) CHECK(pthread_create(&threads[i], NULL, serve, NULL) == 0);
  for (int i = 0; i < THREADS; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

int main(int count, char **arguments) {
  if (count > 1) rounds = atoi(arguments[1]);
  policy = policy_of("origins = ['https://*.a.example']\nmethods = ['PUT']");
  for (int i = 0; i < PROCESSES; i++) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
      /* A worker: serves, and gives up what it inherited. */
      run_threads();
      cors_policy_unref(policy);
      _exit(0);
    }
  }
  run_threads();
  for (int i = 0; i < PROCESSES; i++) {
    int status = 1;
    CHECK(wait(&status) > 0 && status == 0);
  }
  decide(1);
  cors_policy_unref(policy);
  return 0;
}
