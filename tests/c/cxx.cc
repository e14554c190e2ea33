// The header from C++: handles owned by smart pointers, and the initializers.
#include <cors_engine.h>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

namespace {

struct Free {
  void operator()(const cors_policy *policy) const { cors_policy_unref(policy); }
  void operator()(cors_builder *builder) const { cors_builder_free(builder); }
  void operator()(cors_fetch *fetch) const { cors_fetch_free(fetch); }
};

cors_str str(const std::string &text) { return CORS_STR_OF(text.data(), text.size()); }

bool check(bool condition, const char *what) {
  if (!condition) std::fprintf(stderr, "cxx.cc: not so: %s\n", what);
  return condition;
}

bool server() {
  cors_builder *raw = nullptr;
  if (cors_builder_new(&raw) != CORS_OK) return false;
  std::unique_ptr<cors_builder, Free> builder(raw);
  cors_error error = CORS_ERROR_INIT;
  cors_builder_add(builder.get(), CORS_STR("origins"), str("https://a.example"), &error);
  const cors_policy *built = nullptr;
  if (cors_builder_build(builder.get(), &built, &error) != CORS_OK) return false;
  std::unique_ptr<const cors_policy, Free> policy(built);
  cors_request request = CORS_REQUEST_INIT;
  request.method = CORS_STR("GET");
  cors_request_header(&request, CORS_STR("Origin"), CORS_STR("https://a.example"));
  cors_decision decision = CORS_DECISION_INIT;
  cors_decide(policy.get(), &request, &decision);
  return check(decision.allowed == 1 && decision.reason == CORS_REASON_ORIGIN_LISTED, "the origin is allowed");
}

bool browser() {
  cors_fetch_init init = CORS_FETCH_INIT;
  init.origin = CORS_STR("https://a.example");
  init.url = CORS_STR("https://b.example/");
  cors_fetch *raw = nullptr;
  if (cors_fetch_new(&init, &raw, nullptr) != CORS_OK) return false;
  std::unique_ptr<cors_fetch, Free> fetch(raw);
  cors_outgoing outgoing = CORS_OUTGOING_INIT;
  cors_verdict verdict = CORS_VERDICT_INIT;
  bool sends = cors_fetch_start(fetch.get(), nullptr, 0, &outgoing) == CORS_STEP_SEND;
  bool fails = cors_fetch_fail(fetch.get(), nullptr) == CORS_STEP_DONE;
  return check(sends && fails && cors_fetch_verdict(fetch.get(), &verdict) == CORS_OK, "the fetch is over");
}

}  // namespace

int main() {
  cors_finding finding = CORS_FINDING_INIT;
  cors_audit audit = CORS_AUDIT_INIT;
  cors_audit_context context = CORS_AUDIT_CONTEXT_INIT;
  bool sized = finding.struct_size == sizeof finding && audit.struct_size == sizeof audit &&
               context.struct_size == sizeof context;
  return server() && browser() && check(sized, "initializers set the sizes") ? 0 : 1;
}
