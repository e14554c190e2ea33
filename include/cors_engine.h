/*
 * cors-engine: the browser's CORS decision as a library.
 *
 * The server half turns a policy into the exact response headers to send. The browser half says what a browser
 * sends, and whether script may read the answer. docs/c-api.md starts with a whole program.
 *
 * A server, once:                  cors_policy_from_toml, or cors_builder_new ... cors_builder_build
 * A server, for each request:      cors_request_init, cors_request_header for each header line, cors_decide,
 *                                  and later the operations of the decision on the response
 * A browser:                       cors_fetch_new, cors_fetch_start, cors_fetch_receive until CORS_STEP_DONE,
 *                                  cors_fetch_verdict
 * A look at someone else's answer: cors_audit_response
 *
 * These rules hold for every function:
 *
 * Ownership. What a function with new, build, from or ref in its name gives is the caller's, to be given back
 * with the matching free or unref, once. Everything else that is given is borrowed: each function says from
 * what and for how long. What the caller passes is read during the call only, except the strings in a
 * cors_request.
 *
 * Threads. What is passed as const may be used by any number of threads at a time; what is not const by one at
 * a time, on any thread. The library has no global state, starts no threads, installs no signal handlers, and
 * does not mind fork(): what was made before is as good in each process after it.
 *
 * NULL. A pointer must be NULL or point to what its type says; it is checked for NULL everywhere, and what
 * happens then is said. Freeing NULL does nothing. A result goes to memory that is not read at the same time.
 *
 * Errors. A function that can fail returns a cors_status, or a number that is below 0 if it failed; what it
 * gives through pointers is written only if it succeeded, unless it says otherwise. A panic does not leave the
 * library: it becomes CORS_ERROR_PANIC, or at request time a refusal.
 *
 * Sizes. A struct that begins with struct_size has to say its own size, so that a library that is newer than
 * the program can tell: start from the initializer at the end of this file.
 *
 * Growth. Within one CORS_ENGINE_ABI nothing is removed and no number gets another meaning. Functions,
 * constants and reasons are added.
 */

#ifndef CORS_ENGINE_H
#define CORS_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header. cors_engine_version gives that of the library. */
#define CORS_ENGINE_VERSION "0.1.0"
#define CORS_ENGINE_VERSION_MAJOR 0
#define CORS_ENGINE_VERSION_MINOR 1
#define CORS_ENGINE_VERSION_PATCH 0

/**
 * The number of the binary interface that this header describes. It changes when a program that was compiled
 * with an older header would no longer work, and the name of the shared library changes with it.
 */
#define CORS_ENGINE_ABI 1

/**
 * It lets in more than its author may have thought.
 */
#define CORS_FINDING_RISKY 1

/**
 * It does nothing in browsers.
 */
#define CORS_FINDING_DEAD 2

/**
 * Browsers take less of it than it says.
 */
#define CORS_FINDING_CAPPED 3

/**
 * Something else in the policy says it already, and more.
 */
#define CORS_FINDING_SHADOWED 4

/**
 * It says what is so without it.
 */
#define CORS_FINDING_REDUNDANT 5

/**
 * How many lines of Access-Control-Request-Headers a request holds. Browsers send one. A preflight with more
 * is refused with CORS_REASON_REQUEST_HEADERS_OVER_BUDGET.
 */
#define CORS_REQUEST_LINES 32

/**
 * The request has no Origin, so CORS has no say in it.
 */
#define CORS_KIND_NOT_CORS 0

/**
 * The request has an Origin and is no preflight: what the page really wants.
 */
#define CORS_KIND_ACTUAL 1

/**
 * OPTIONS with Origin and Access-Control-Request-Method: a browser asks first.
 */
#define CORS_KIND_PREFLIGHT 2

/**
 * Pass the request on, and put the operations on whatever comes back, whatever its status.
 */
#define CORS_ACTION_PASS 0

/**
 * Answer the request now, with the status of the decision, the operations, and no body.
 */
#define CORS_ACTION_RESPOND 1

/**
 * Drop every line of this name, then add one with this value.
 */
#define CORS_OP_SET 1

/**
 * Drop every line of this name.
 */
#define CORS_OP_REMOVE 2

/**
 * Add the names in the value to Vary, those that it lacks: cors_vary_merge.
 */
#define CORS_OP_VARY 3

/**
 * Add one more line of this name, which an operation before has set.
 */
#define CORS_OP_APPEND 4

/**
 * The value is that of the request's Origin.
 */
#define CORS_OP_ECHO_ORIGIN 1

/**
 * The value is that of the request's Access-Control-Request-Method.
 */
#define CORS_OP_ECHO_REQUEST_METHOD 2

/**
 * The value is that of one line of the request's Access-Control-Request-Headers.
 */
#define CORS_OP_ECHO_REQUEST_HEADERS 4

/**
 * Access-Control-Allow-Origin.
 */
#define CORS_HEADER_ALLOW_ORIGIN 0

/**
 * Access-Control-Allow-Credentials.
 */
#define CORS_HEADER_ALLOW_CREDENTIALS 1

/**
 * Access-Control-Expose-Headers.
 */
#define CORS_HEADER_EXPOSE_HEADERS 2

/**
 * Access-Control-Allow-Methods.
 */
#define CORS_HEADER_ALLOW_METHODS 3

/**
 * Access-Control-Allow-Headers.
 */
#define CORS_HEADER_ALLOW_HEADERS 4

/**
 * Access-Control-Max-Age.
 */
#define CORS_HEADER_MAX_AGE 5

/**
 * Access-Control-Allow-Private-Network.
 */
#define CORS_HEADER_ALLOW_PRIVATE_NETWORK 6

/**
 * Timing-Allow-Origin.
 */
#define CORS_HEADER_TIMING_ALLOW_ORIGIN 7

/**
 * Vary.
 */
#define CORS_HEADER_VARY 8

/**
 * How many operations a decision can have.
 */
#define CORS_OPS_MAX 32

/**
 * The library could not decide: an argument of cors_decide was unusable, or the library has a bug. The decision
 * refuses.
 */
#define CORS_REASON_INTERNAL 255

/**
 * Server: The policy lets every origin read, without credentials.
 */
#define CORS_REASON_ANY_ORIGIN 1

/**
 * Server: The request has no Origin header, so it is no CORS request.
 */
#define CORS_REASON_NO_ORIGIN 2

/**
 * Server: The policy lists the origin.
 */
#define CORS_REASON_ORIGIN_LISTED 3

/**
 * Server: A pattern of the policy covers the origin.
 */
#define CORS_REASON_ORIGIN_MATCHES_PATTERN 4

/**
 * Server: The policy allows the origin null.
 */
#define CORS_REASON_NULL_ORIGIN 5

/**
 * Server: The policy reflects every origin, with credentials.
 */
#define CORS_REASON_ORIGIN_REFLECTED 6

/**
 * Server: The program's predicate accepted the origin.
 */
#define CORS_REASON_ORIGIN_ACCEPTED_BY_PREDICATE 7

/**
 * Server: The request has more than one Origin line, which no browser sends.
 */
#define CORS_REASON_SEVERAL_ORIGINS 8

/**
 * Server: The Origin value is not the serialization of an origin, so no browser sent it.
 */
#define CORS_REASON_ORIGIN_NOT_SERIALIZED 9

/**
 * Server: The policy does not allow the origin null, which every sandboxed page has.
 */
#define CORS_REASON_NULL_ORIGIN_NOT_ALLOWED 10

/**
 * Server: The origin is neither https nor loopback, and the policy allows credentials.
 */
#define CORS_REASON_INSECURE_ORIGIN 11

/**
 * Server: Nothing in the policy allows the origin.
 */
#define CORS_REASON_ORIGIN_NOT_ALLOWED 12

/**
 * Server: Access-Control-Request-Method is not one method.
 */
#define CORS_REASON_REQUEST_METHOD_INVALID 13

/**
 * Server: The policy does not list the method.
 */
#define CORS_REASON_METHOD_NOT_ALLOWED 14

/**
 * Server: Access-Control-Request-Headers is not a list of names as a browser writes it.
 */
#define CORS_REASON_REQUEST_HEADERS_MALFORMED 15

/**
 * Server: Access-Control-Request-Headers has more bytes, lines, idle elements or whitespace than browsers and gateways need.
 */
#define CORS_REASON_REQUEST_HEADERS_OVER_BUDGET 16

/**
 * Server: The request wants to send Authorization, which * does not cover and the policy does not list.
 */
#define CORS_REASON_AUTHORIZATION_NOT_LISTED 17

/**
 * Server: The request wants to send a header that the policy does not list.
 */
#define CORS_REASON_HEADER_NOT_ALLOWED 18

/**
 * Browser: The URL cannot be parsed.
 */
#define CORS_BROWSER_REASON_INVALID_URL 256

/**
 * Browser: The URL carries a user name or a password.
 */
#define CORS_BROWSER_REASON_URL_HAS_CREDENTIALS 257

/**
 * Browser: The method or a header has a character above U+00FF.
 */
#define CORS_BROWSER_REASON_NOT_A_BYTE_STRING 258

/**
 * Browser: The method is not a token.
 */
#define CORS_BROWSER_REASON_INVALID_METHOD 259

/**
 * Browser: The method is CONNECT, TRACE or TRACK, which script may not use.
 */
#define CORS_BROWSER_REASON_FORBIDDEN_METHOD 260

/**
 * Browser: A request header's name is not a token.
 */
#define CORS_BROWSER_REASON_INVALID_HEADER_NAME 261

/**
 * Browser: A request header's value has a NUL or a line break.
 */
#define CORS_BROWSER_REASON_INVALID_HEADER_VALUE 262

/**
 * Browser: Script asked for the request mode that is kept for navigation.
 */
#define CORS_BROWSER_REASON_NAVIGATE_MODE 263

/**
 * Browser: The cache mode only-if-cached needs the request mode same-origin.
 */
#define CORS_BROWSER_REASON_ONLY_IF_CACHED_MODE 264

/**
 * Browser: The request mode no-cors allows the methods GET, HEAD and POST only.
 */
#define CORS_BROWSER_REASON_NO_CORS_METHOD 265

/**
 * Browser: A GET or HEAD request cannot have a body.
 */
#define CORS_BROWSER_REASON_BODY_NOT_ALLOWED 266

/**
 * Browser: A streaming body needs the request mode cors or same-origin.
 */
#define CORS_BROWSER_REASON_STREAM_BODY_MODE 267

/**
 * Browser: This browser does not support streaming request bodies.
 */
#define CORS_BROWSER_REASON_STREAM_BODY_UNSUPPORTED 268

/**
 * Browser: Browsers do not connect to this port.
 */
#define CORS_BROWSER_REASON_BLOCKED_PORT 269

/**
 * Browser: A page served over https asked for an http URL.
 */
#define CORS_BROWSER_REASON_MIXED_CONTENT 270

/**
 * Browser: The request mode is same-origin and the URL is of another origin.
 */
#define CORS_BROWSER_REASON_CROSS_ORIGIN_IN_SAME_ORIGIN_MODE 271

/**
 * Browser: The request mode no-cors needs the redirect mode follow.
 */
#define CORS_BROWSER_REASON_NO_CORS_REDIRECT_MODE 272

/**
 * Browser: CORS exists for http and https URLs only.
 */
#define CORS_BROWSER_REASON_SCHEME_NOT_HTTP 273

/**
 * Browser: Nothing can be fetched from a URL with this scheme.
 */
#define CORS_BROWSER_REASON_SCHEME_UNSUPPORTED 274

/**
 * Browser: The data: URL cannot be decoded.
 */
#define CORS_BROWSER_REASON_INVALID_DATA_URL 275

/**
 * Browser: The blob: URL is not known to this page.
 */
#define CORS_BROWSER_REASON_UNKNOWN_BLOB 276

/**
 * Browser: The request carries a header that this browser keeps for itself.
 */
#define CORS_BROWSER_REASON_RESERVED_HEADER 277

/**
 * Browser: The cache mode is only-if-cached and nothing is cached.
 */
#define CORS_BROWSER_REASON_NOT_CACHED 278

/**
 * Browser: A streaming body cannot be sent over HTTP/1.1.
 */
#define CORS_BROWSER_REASON_STREAM_BODY_OVER_HTTP1 279

/**
 * Browser: A proxy asked for credentials (407).
 */
#define CORS_BROWSER_REASON_PROXY_AUTHENTICATION_REQUIRED 280

/**
 * Browser: No response arrived: the connection failed, was refused, or was blocked before CORS was looked at.
 */
#define CORS_BROWSER_REASON_CONNECTION_FAILED 281

/**
 * Browser: The response has no Access-Control-Allow-Origin header.
 */
#define CORS_BROWSER_REASON_MISSING_ALLOW_ORIGIN 282

/**
 * Browser: Access-Control-Allow-Origin is * and the request is made with credentials.
 */
#define CORS_BROWSER_REASON_WILDCARD_ALLOW_ORIGIN_WITH_CREDENTIALS 283

/**
 * Browser: Access-Control-Allow-Origin holds more than one value.
 */
#define CORS_BROWSER_REASON_MULTIPLE_ALLOW_ORIGIN 284

/**
 * Browser: Access-Control-Allow-Origin is not the request's origin.
 */
#define CORS_BROWSER_REASON_ALLOW_ORIGIN_MISMATCH 285

/**
 * Browser: The request is made with credentials and Access-Control-Allow-Credentials is not true.
 */
#define CORS_BROWSER_REASON_ALLOW_CREDENTIALS_NOT_TRUE 286

/**
 * Browser: The preflight was answered with a redirect.
 */
#define CORS_BROWSER_REASON_PREFLIGHT_REDIRECT 287

/**
 * Browser: The preflight was not answered with an ok status (200 to 299).
 */
#define CORS_BROWSER_REASON_PREFLIGHT_STATUS 288

/**
 * Browser: Access-Control-Allow-Methods is not a list of methods.
 */
#define CORS_BROWSER_REASON_INVALID_ALLOW_METHODS 289

/**
 * Browser: Access-Control-Allow-Headers is not a list of header names.
 */
#define CORS_BROWSER_REASON_INVALID_ALLOW_HEADERS 290

/**
 * Browser: Access-Control-Allow-Methods does not list the method.
 */
#define CORS_BROWSER_REASON_METHOD_NOT_ALLOWED 291

/**
 * Browser: Access-Control-Allow-Headers does not name Authorization, which * does not cover.
 */
#define CORS_BROWSER_REASON_AUTHORIZATION_NOT_LISTED 292

/**
 * Browser: Access-Control-Allow-Headers does not list a header of the request.
 */
#define CORS_BROWSER_REASON_HEADER_NOT_ALLOWED 293

/**
 * Browser: The response is a redirect and the redirect mode is error.
 */
#define CORS_BROWSER_REASON_REDIRECT_MODE_ERROR 294

/**
 * Browser: The redirect's Location is not a valid URL.
 */
#define CORS_BROWSER_REASON_INVALID_LOCATION 295

/**
 * Browser: The redirect has several Location headers that differ.
 */
#define CORS_BROWSER_REASON_CONFLICTING_LOCATIONS 296

/**
 * Browser: The redirect leads to a URL that is neither http nor https.
 */
#define CORS_BROWSER_REASON_LOCATION_NOT_HTTP 297

/**
 * Browser: The request was redirected more than 20 times.
 */
#define CORS_BROWSER_REASON_TOO_MANY_REDIRECTS 298

/**
 * Browser: The redirect leads to a URL with a user name or a password.
 */
#define CORS_BROWSER_REASON_REDIRECT_HAS_CREDENTIALS 299

/**
 * Browser: A streaming body cannot be sent again to the redirect's target.
 */
#define CORS_BROWSER_REASON_REDIRECT_WITH_STREAM_BODY 300

/**
 * Browser: Cross-Origin-Resource-Policy is same-origin and the page is of another origin.
 */
#define CORS_BROWSER_REASON_RESOURCE_POLICY_SAME_ORIGIN 301

/**
 * Browser: Cross-Origin-Resource-Policy is same-site and the page is of another site.
 */
#define CORS_BROWSER_REASON_RESOURCE_POLICY_SAME_SITE 302

/**
 * Browser: The page's Cross-Origin-Embedder-Policy needs a Cross-Origin-Resource-Policy, and the response has none.
 */
#define CORS_BROWSER_REASON_EMBEDDER_POLICY 303

/**
 * The Fetch Standard to the letter.
 */
#define CORS_ENGINE_SPEC 0

/**
 * Chromium: Chrome, Edge, Opera, Android WebView.
 */
#define CORS_ENGINE_CHROMIUM 1

/**
 * Gecko: Firefox.
 */
#define CORS_ENGINE_GECKO 2

/**
 * WebKit: Safari, WebKitGTK.
 */
#define CORS_ENGINE_WEBKIT 3

/**
 * The request mode cors, the default of fetch().
 */
#define CORS_MODE_CORS 0

/**
 * The request mode no-cors: simple requests only, and the response is opaque.
 */
#define CORS_MODE_NO_CORS 1

/**
 * The request mode same-origin: a URL of another origin is refused.
 */
#define CORS_MODE_SAME_ORIGIN 2

/**
 * The request mode navigate, which script may not use.
 */
#define CORS_MODE_NAVIGATE 3

/**
 * Credentials go to the page's own origin only; the default of fetch().
 */
#define CORS_CREDENTIALS_SAME_ORIGIN 0

/**
 * Credentials never go along.
 */
#define CORS_CREDENTIALS_OMIT 1

/**
 * Credentials always go along.
 */
#define CORS_CREDENTIALS_INCLUDE 2

/**
 * Redirects are followed.
 */
#define CORS_REDIRECT_FOLLOW 0

/**
 * A redirect is a network error.
 */
#define CORS_REDIRECT_ERROR 1

/**
 * Script gets an opaque-redirect response.
 */
#define CORS_REDIRECT_MANUAL 2

/**
 * The cache mode default.
 */
#define CORS_CACHE_DEFAULT 0

/**
 * The cache mode no-store.
 */
#define CORS_CACHE_NO_STORE 1

/**
 * The cache mode reload.
 */
#define CORS_CACHE_RELOAD 2

/**
 * The cache mode no-cache.
 */
#define CORS_CACHE_NO_CACHE 3

/**
 * The cache mode force-cache.
 */
#define CORS_CACHE_FORCE_CACHE 4

/**
 * The cache mode only-if-cached.
 */
#define CORS_CACHE_ONLY_IF_CACHED 5

/**
 * No body.
 */
#define CORS_BODY_NONE 0

/**
 * A string.
 */
#define CORS_BODY_TEXT 1

/**
 * An ArrayBuffer or a view on one.
 */
#define CORS_BODY_BYTES 2

/**
 * A URLSearchParams.
 */
#define CORS_BODY_URL_SEARCH_PARAMS 3

/**
 * A FormData.
 */
#define CORS_BODY_FORM_DATA 4

/**
 * A Blob, whose type is in the field blob_type.
 */
#define CORS_BODY_BLOB 5

/**
 * A ReadableStream.
 */
#define CORS_BODY_STREAM 6

/**
 * fetch().
 */
#define CORS_INITIATOR_FETCH 0

/**
 * XMLHttpRequest.
 */
#define CORS_INITIATOR_XML_HTTP_REQUEST 1

/**
 * navigator.sendBeacon().
 */
#define CORS_INITIATOR_BEACON 2

/**
 * EventSource.
 */
#define CORS_INITIATOR_EVENT_SOURCE 3

/**
 * An img element.
 */
#define CORS_INITIATOR_IMAGE 4

/**
 * A script element.
 */
#define CORS_INITIATOR_SCRIPT 5

/**
 * A stylesheet.
 */
#define CORS_INITIATOR_STYLE 6

/**
 * A font of a stylesheet.
 */
#define CORS_INITIATOR_FONT 7

/**
 * The referrer policy strict-origin-when-cross-origin, the default.
 */
#define CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN 0

/**
 * The referrer policy no-referrer.
 */
#define CORS_REFERRER_POLICY_NO_REFERRER 1

/**
 * The referrer policy no-referrer-when-downgrade.
 */
#define CORS_REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE 2

/**
 * The referrer policy same-origin.
 */
#define CORS_REFERRER_POLICY_SAME_ORIGIN 3

/**
 * The referrer policy origin.
 */
#define CORS_REFERRER_POLICY_ORIGIN 4

/**
 * The referrer policy strict-origin.
 */
#define CORS_REFERRER_POLICY_STRICT_ORIGIN 5

/**
 * The referrer policy origin-when-cross-origin.
 */
#define CORS_REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN 6

/**
 * The referrer policy unsafe-url.
 */
#define CORS_REFERRER_POLICY_UNSAFE_URL 7

/**
 * The embedder policy unsafe-none, the default.
 */
#define CORS_EMBEDDER_POLICY_UNSAFE_NONE 0

/**
 * The embedder policy credentialless.
 */
#define CORS_EMBEDDER_POLICY_CREDENTIALLESS 1

/**
 * The embedder policy require-corp.
 */
#define CORS_EMBEDDER_POLICY_REQUIRE_CORP 2

/**
 * HTTP/2 or later.
 */
#define CORS_HTTP_VERSION_2 0

/**
 * HTTP/1.0 or HTTP/1.1.
 */
#define CORS_HTTP_VERSION_1 1

/**
 * Send the request that was put into out, and hand its response to cors_fetch_receive.
 */
#define CORS_STEP_SEND 1

/**
 * It is over: ask cors_fetch_verdict.
 */
#define CORS_STEP_DONE 2

/**
 * Nothing was sent.
 */
#define CORS_EXCHANGE_NONE 0

/**
 * A CORS-preflight request and its response.
 */
#define CORS_EXCHANGE_PREFLIGHT 1

/**
 * A request that script asked for, or a redirect of it, and its response.
 */
#define CORS_EXCHANGE_ACTUAL 2

/**
 * A network error: script gets no response.
 */
#define CORS_RESPONSE_ERROR 0

/**
 * From the page's own origin, or a data: URL.
 */
#define CORS_RESPONSE_BASIC 1

/**
 * From another origin that allowed it.
 */
#define CORS_RESPONSE_CORS 2

/**
 * From another origin, unread: the answer to a no-cors request.
 */
#define CORS_RESPONSE_OPAQUE 3

/**
 * A redirect that was not followed.
 */
#define CORS_RESPONSE_OPAQUE_REDIRECT 4

/**
 * No preflight is sent.
 */
#define CORS_PREFLIGHT_NOT_NEEDED 0

/**
 * A preflight is sent since the method is not CORS-safelisted.
 */
#define CORS_PREFLIGHT_FOR_METHOD 1

/**
 * A preflight is sent since a header is not CORS-safelisted.
 */
#define CORS_PREFLIGHT_FOR_HEADER 2

/**
 * A preflight is sent since the body is a stream, or an upload listener is set.
 */
#define CORS_PREFLIGHT_FORCED 3

/**
 * The credentials mode is told from the request: CORS_CREDENTIALS_INCLUDE if it has cookies, which nothing
 * else sends to another origin, else CORS_CREDENTIALS_SAME_ORIGIN. Authorization proves nothing, since script
 * can set it itself. A preflight never has cookies.
 */
#define CORS_CREDENTIALS_FROM_REQUEST 255

/**
 * How many engines an audit asks: CORS_ENGINE_SPEC, CORS_ENGINE_CHROMIUM, CORS_ENGINE_GECKO and
 * CORS_ENGINE_WEBKIT are the places in its lists.
 */
#define CORS_ENGINES 4

/**
 * A policy in the making: what was said so far, and the mistakes of the last attempt to build it. It belongs
 * to whoever made it, and is used by one thread at a time.
 */
typedef struct cors_builder cors_builder;

/**
 * One fetch, from the request that script makes to what script gets, as a machine that sends nothing itself:
 * the caller sends what it is told to, and hands in what comes back. It belongs to whoever made it, and is
 * used by one thread at a time.
 */
typedef struct cors_fetch cors_fetch;

/**
 * A compiled policy. It never changes, so any number of threads may use one at a time, and it is as good
 * after fork() as before. It is counted: it lives until every reference is released.
 */
typedef struct cors_policy cors_policy;

/**
 * A CORS-preflight cache: what earlier preflights allowed. It is bounded: 1,000 URLs and 1 MiB. It belongs to
 * whoever made it, and is used by one thread at a time.
 */
typedef struct cors_preflight_cache cors_preflight_cache;

/**
 * The result of a call that can fail: CORS_OK, or an error below 0. A number never gets another meaning, and
 * new ones may come: treat every negative number as a failure.
 */
typedef int32_t cors_status;

/**
 * Bytes of somebody else's: a pointer and a length.
 *
 * `{NULL, 0}` means absent; a pointer with the length 0 means there and empty, as an `Origin:` line without a
 * value is. Bytes are any bytes; they need not be ended by NUL, and may hold it. Where text is wanted, a
 * string that is not UTF-8 is CORS_ERROR_ENCODING. NULL with another length than 0 is CORS_ERROR_NULL, and a
 * length that no object can have is CORS_ERROR_TOO_LONG.
 *
 * What a caller passes is read during the call only (a cors_request apart, see there). What the library gives
 * is the library's own: it belongs to the policy, fetch or program that the function names.
 */
typedef struct {
  /**
   * The first byte, or NULL.
   */
  const char *ptr;
  /**
   * How many bytes there are.
   */
  size_t len;
} cors_str;

/**
 * What went wrong, in words. It belongs to the caller and holds no memory. Every call that takes one takes
 * NULL as well. It is written when the call fails, and left alone when it does not.
 *
 * The texts are English UTF-8, ended by NUL, and cut where they are too long. They hold what the caller
 * passed, so escape them where they are shown.
 *
 * Start from CORS_ERROR_INIT.
 */
typedef struct {
  /**
   * sizeof(cors_error), set by the caller.
   */
  uint32_t struct_size;
  /**
   * What the call returned.
   */
  cors_status status;
  /**
   * The line in the document, from 1; 0 where there is none.
   */
  uint32_t line;
  /**
   * The character in that line, from 1; 0 where there is none.
   */
  uint32_t column;
  /**
   * Which element of a list it is about, from 0; UINT32_MAX where it is about none.
   */
  uint32_t index;
  /**
   * How many other mistakes there are.
   */
  uint32_t more;
  /**
   * With CORS_ERROR_REQUEST the number of the reason, else 0.
   */
  uint16_t reason;
  /**
   * 0.
   */
  uint16_t reserved0;
  /**
   * The stable code, such as "origin-invalid".
   */
  char code[40];
  /**
   * The key or argument it is about, such as "origins[3]"; empty where it is about none.
   */
  char key[64];
  /**
   * The value it is about; empty where it is about none.
   */
  char value[128];
  /**
   * What is wrong and what to write instead.
   */
  char message[384];
} cors_error;

/**
 * Something in a policy that is allowed and still worth a second look. It belongs to the caller and holds no
 * memory. The texts are as those of cors_error.
 *
 * Start from CORS_FINDING_INIT.
 */
typedef struct {
  /**
   * sizeof(cors_finding), set by the caller.
   */
  uint32_t struct_size;
  /**
   * What kind of finding: CORS_FINDING_RISKY and the others.
   */
  uint32_t kind;
  /**
   * The line in the document, from 1; 0 where there is none.
   */
  uint32_t line;
  /**
   * The character in that line, from 1; 0 where there is none.
   */
  uint32_t column;
  /**
   * Which element of a list it is about, from 0; UINT32_MAX where it is about none.
   */
  uint32_t index;
  /**
   * 0.
   */
  uint32_t reserved0;
  /**
   * The stable code, such as "shadowed-origin".
   */
  char code[40];
  /**
   * The key it is about, such as "origins[3]".
   */
  char key[64];
  /**
   * The value it is about.
   */
  char value[128];
  /**
   * What else has to do with it: for a shadowed entry, the wider one. Empty where there is nothing.
   */
  char related[128];
  /**
   * What it means.
   */
  char message[256];
} cors_finding;

/**
 * The part of a request that CORS looks at. It lies on the caller's stack or in its pool and holds no memory
 * of its own: the strings in it are the caller's, and have to last for as long as the request is used, which
 * is until cors_decide, cors_op_value and cors_audit_response have returned.
 *
 * Start from CORS_REQUEST_INIT or cors_request_init, hand every header line of the request to
 * cors_request_header, and then ask cors_decide. Do not write to the fields.
 */
typedef struct {
  /**
   * sizeof(cors_request).
   */
  uint32_t struct_size;
  /**
   * How many lines of Origin there were.
   */
  uint16_t origin_lines;
  /**
   * How many lines of Access-Control-Request-Method there were.
   */
  uint16_t request_method_lines;
  /**
   * How many lines of Access-Control-Request-Headers there were, kept or not.
   */
  uint32_t request_headers_lines;
  /**
   * How many lines of Cookie there were.
   */
  uint32_t cookie_lines;
  /**
   * The method, such as OPTIONS.
   */
  cors_str method;
  /**
   * The first line of Origin.
   */
  cors_str origin;
  /**
   * The first line of Access-Control-Request-Method.
   */
  cors_str request_method;
  /**
   * The last line of Sec-Fetch-Mode.
   */
  cors_str fetch_mode;
  /**
   * The first lines of Access-Control-Request-Headers, as many as there were.
   */
  cors_str request_headers[CORS_REQUEST_LINES];
} cors_request;

/**
 * One step of putting a decision on a response.
 */
typedef struct {
  /**
   * What to do: CORS_OP_SET, CORS_OP_REMOVE, CORS_OP_VARY or CORS_OP_APPEND.
   */
  uint8_t action;
  /**
   * Where the value comes from: 0 for the field value, or one of CORS_OP_ECHO_ORIGIN,
   * CORS_OP_ECHO_REQUEST_METHOD and CORS_OP_ECHO_REQUEST_HEADERS. cors_op_value turns all of them into a
   * string.
   */
  uint8_t flags;
  /**
   * With CORS_OP_ECHO_REQUEST_HEADERS the line, from 0.
   */
  uint16_t line;
  /**
   * The header as a number, such as CORS_HEADER_VARY.
   */
  uint32_t header;
  /**
   * The header's name in lower case: static, and ended by NUL.
   */
  cors_str name;
  /**
   * The value, static or the policy's own; absent where the flags say where it comes from, and with
   * CORS_OP_REMOVE.
   */
  cors_str value;
} cors_op;

/**
 * What to do with a request and its response. It belongs to the caller, holds no memory, and is the same for
 * every status that the response may have. Nothing in it points into the request; what it points to is
 * static or the policy's, and lasts as long as a reference to the policy is held.
 *
 * Set struct_size and call cors_decide, which writes the other fields and the first op_count of the
 * operations. CORS_DECISION_INIT sets everything, which is more work than a server needs.
 */
typedef struct {
  /**
   * sizeof(cors_decision), set by the caller.
   */
  uint32_t struct_size;
  /**
   * What kind of request it is: CORS_KIND_NOT_CORS, CORS_KIND_ACTUAL or CORS_KIND_PREFLIGHT.
   */
  uint8_t kind;
  /**
   * What to do with it: CORS_ACTION_PASS or CORS_ACTION_RESPOND.
   */
  uint8_t action;
  /**
   * 1 if script may read the response, or the preflight succeeds; else 0.
   */
  uint8_t allowed;
  /**
   * 0.
   */
  uint8_t reserved0;
  /**
   * Why: CORS_REASON_ORIGIN_LISTED and the others.
   */
  uint16_t reason;
  /**
   * The status to respond with; 0 with CORS_ACTION_PASS.
   */
  uint16_t status;
  /**
   * How many operations there are.
   */
  uint32_t op_count;
  /**
   * The operations, to be taken in order.
   */
  cors_op ops[CORS_OPS_MAX];
} cors_decision;

/**
 * A header line: its name in any case, and its value.
 */
typedef struct {
  /**
   * The name.
   */
  cors_str name;
  /**
   * The value. Spaces and tabs around it do not count.
   */
  cors_str value;
} cors_header;

/**
 * A request as script makes it: the arguments of fetch(), and what of the page matters. It is read during the
 * call only.
 *
 * Start from CORS_FETCH_INIT, which is fetch(url), and set at least origin and url.
 */
typedef struct {
  /**
   * sizeof(cors_fetch_init), set by the caller.
   */
  uint32_t struct_size;
  /**
   * Which browser asks: CORS_ENGINE_SPEC and the others.
   */
  uint8_t engine;
  /**
   * The request mode: CORS_MODE_CORS and the others.
   */
  uint8_t mode;
  /**
   * The credentials mode: CORS_CREDENTIALS_SAME_ORIGIN and the others.
   */
  uint8_t credentials;
  /**
   * The redirect mode: CORS_REDIRECT_FOLLOW and the others.
   */
  uint8_t redirect;
  /**
   * The cache mode: CORS_CACHE_DEFAULT and the others.
   */
  uint8_t cache;
  /**
   * The kind of body: CORS_BODY_NONE and the others.
   */
  uint8_t body;
  /**
   * What asks: CORS_INITIATOR_FETCH and the others.
   */
  uint8_t initiator;
  /**
   * 1 if it is an XMLHttpRequest whose upload object has an event listener when it is sent; else 0.
   */
  uint8_t upload_listener;
  /**
   * The referrer policy: CORS_REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN and the others.
   */
  uint8_t referrer_policy;
  /**
   * The page's embedder policy: CORS_EMBEDDER_POLICY_UNSAFE_NONE and the others.
   */
  uint8_t embedder_policy;
  /**
   * The HTTP version the server is reached over: CORS_HTTP_VERSION_2 or CORS_HTTP_VERSION_1.
   */
  uint8_t http_version;
  /**
   * 0.
   */
  uint8_t reserved0;
  /**
   * The page's origin as a browser serializes it, such as https://app.example, or null.
   */
  cors_str origin;
  /**
   * The URL, absolute.
   */
  cors_str url;
  /**
   * The method as written; absent for GET.
   */
  cors_str method;
  /**
   * With CORS_BODY_BLOB the type of the Blob.
   */
  cors_str blob_type;
  /**
   * What the browser partitions its preflight cache by, usually the site of the top-level page.
   */
  cors_str network_partition_key;
  /**
   * The headers that script sets, in order; NULL if there are none.
   */
  const cors_header *headers;
  /**
   * How many headers there are.
   */
  size_t header_count;
} cors_fetch_init;

/**
 * A request to send. It belongs to the caller; the strings in it are the fetch's, and last until the fetch is
 * next started, told a response or a failure, or freed.
 *
 * Start from CORS_OUTGOING_INIT.
 */
typedef struct {
  /**
   * sizeof(cors_outgoing), set by the caller.
   */
  uint32_t struct_size;
  /**
   * What it is: CORS_EXCHANGE_PREFLIGHT or CORS_EXCHANGE_ACTUAL.
   */
  uint8_t exchange;
  /**
   * 1 if cookies, HTTP authentication and client certificates go along, and Set-Cookie counts; else 0.
   */
  uint8_t includes_credentials;
  /**
   * 0.
   */
  uint16_t reserved0;
  /**
   * The method.
   */
  cors_str method;
  /**
   * The URL, without a fragment.
   */
  cors_str url;
  /**
   * The value of Origin; absent if none is sent.
   */
  cors_str origin;
  /**
   * The value of Access-Control-Request-Method; absent if none is sent.
   */
  cors_str request_method;
  /**
   * The value of Access-Control-Request-Headers; absent if none is sent.
   */
  cors_str request_headers;
  /**
   * How many header lines cors_fetch_header has: those above, and the ones that script set. What every HTTP
   * client adds by itself, such as Host and cookies, is not among them.
   */
  size_t header_count;
} cors_outgoing;

/**
 * How a fetch ended. It belongs to the caller; the strings in it are the fetch's, and last until it is freed.
 *
 * Start from CORS_VERDICT_INIT.
 */
typedef struct {
  /**
   * sizeof(cors_verdict), set by the caller.
   */
  uint32_t struct_size;
  /**
   * 1 if script gets a response, 0 if it gets a network error.
   */
  uint8_t allowed;
  /**
   * What script gets: CORS_RESPONSE_ERROR and the others.
   */
  uint8_t response_type;
  /**
   * 1 if the response came after a redirect; else 0.
   */
  uint8_t redirected;
  /**
   * 1 if the page may read the fetch's full timing; else 0.
   */
  uint8_t timing_allowed;
  /**
   * The status that script sees: 0 for an opaque response, and for a network error.
   */
  uint16_t status;
  /**
   * Why script gets a network error; 0 if it gets a response.
   */
  uint16_t reason;
  /**
   * With a network error, on what it happened: CORS_EXCHANGE_NONE and the others.
   */
  uint8_t exchange;
  /**
   * With a network error, how many redirects had been followed.
   */
  uint8_t redirect_count;
  /**
   * With a network error, the status of the response that was refused; 0 if none came.
   */
  uint16_t refused_status;
  /**
   * How many response headers script can read: see cors_fetch_exposed.
   */
  uint32_t exposed_count;
  /**
   * How many lines the browser's console shows: see cors_fetch_console.
   */
  uint32_t console_count;
  /**
   * 0.
   */
  uint32_t reserved0;
  /**
   * The URL of the last response, or the one that was refused.
   */
  cors_str url;
  /**
   * With a network error, the header value, method, header name or URL that it is about, as it came; empty
   * where there is none.
   */
  cors_str detail;
} cors_verdict;

/**
 * What is known about a request beside its headers. It is read during the call only.
 *
 * Start from CORS_AUDIT_CONTEXT_INIT.
 */
typedef struct {
  /**
   * sizeof(cors_audit_context), set by the caller.
   */
  uint32_t struct_size;
  /**
   * The credentials mode: CORS_CREDENTIALS_INCLUDE and the others, or CORS_CREDENTIALS_FROM_REQUEST.
   */
  uint8_t credentials;
  /**
   * 0.
   */
  uint8_t reserved0[3];
  /**
   * The server's own origin as its clients see it, such as https://api.example; absent if it is not known.
   * A request from there is not CORS.
   */
  cors_str own_origin;
} cors_audit_context;

/**
 * What the engines make of a response. It belongs to the caller and holds no memory.
 *
 * Start from CORS_AUDIT_INIT.
 */
typedef struct {
  /**
   * sizeof(cors_audit), set by the caller.
   */
  uint32_t struct_size;
  /**
   * 1 if CORS has a say in the exchange; else 0, and no reason is set. It has none where the request has no
   * Origin that a browser would send, comes from the server's own origin, or says by Sec-Fetch-Mode that its
   * mode is not cors.
   */
  uint8_t relevant;
  /**
   * 1 if the request is a preflight and its answer was judged; 0 if the CORS check was made.
   */
  uint8_t preflight;
  /**
   * 1 if Chromium, Gecko and WebKit give the same reason, or all allow; else 0.
   */
  uint8_t agree;
  /**
   * How many of Chromium, Gecko and WebKit block.
   */
  uint8_t blocking;
  /**
   * Why each engine blocks, by its number; 0 if it does not.
   */
  uint16_t reason[CORS_ENGINES];
} cors_audit;

/**
 * It worked.
 */
#define CORS_OK 0

/**
 * A pointer that has to be there is NULL, or a string or an array is NULL with a length other than 0.
 */
#define CORS_ERROR_NULL -1

/**
 * The struct_size of a struct is not its size in this library: it was not set, or the program was compiled
 * with another header.
 */
#define CORS_ERROR_STRUCT_SIZE -2

/**
 * The library has a bug. What the call was to change may have been changed in part.
 */
#define CORS_ERROR_PANIC -3

/**
 * The buffer is too small. How much is needed has been written.
 */
#define CORS_ERROR_NO_SPACE -4

/**
 * The call came too early or too late.
 */
#define CORS_ERROR_ORDER -5

/**
 * A length is larger than any object in memory.
 */
#define CORS_ERROR_TOO_LONG -6

/**
 * A string that has to be text is not UTF-8.
 */
#define CORS_ERROR_ENCODING -7

/**
 * A number is none of the constants that it can be.
 */
#define CORS_ERROR_VALUE -8

/**
 * There are not so many.
 */
#define CORS_ERROR_NOT_FOUND -9

/**
 * The document is not well-formed.
 */
#define CORS_ERROR_SYNTAX -100

/**
 * A key is given twice.
 */
#define CORS_ERROR_DUPLICATE_KEY -101

/**
 * There is no such key.
 */
#define CORS_ERROR_UNKNOWN_KEY -102

/**
 * The document has no such environment.
 */
#define CORS_ERROR_UNKNOWN_ENVIRONMENT -103

/**
 * The value is of another type than its key takes.
 */
#define CORS_ERROR_WRONG_TYPE -104

/**
 * The policy lets nobody in.
 */
#define CORS_ERROR_NO_ORIGINS -105

/**
 * An entry of origins is not an origin.
 */
#define CORS_ERROR_ORIGIN_INVALID -106

/**
 * An entry of origins is not written as browsers write it.
 */
#define CORS_ERROR_ORIGIN_NOT_SERIALIZED -107

/**
 * A star in an entry of origins stands where it means nothing.
 */
#define CORS_ERROR_ORIGIN_WILDCARD_MISPLACED -108

/**
 * The origin null has a key of its own.
 */
#define CORS_ERROR_ORIGIN_NULL -109

/**
 * Every origin would read answers made for the signed-in user.
 */
#define CORS_ERROR_ANY_ORIGIN_WITH_CREDENTIALS -110

/**
 * Every sandboxed page would read answers made for the signed-in user.
 */
#define CORS_ERROR_NULL_ORIGIN_WITH_CREDENTIALS -111

/**
 * Anybody on the network path could read answers made for the signed-in user.
 */
#define CORS_ERROR_INSECURE_ORIGIN_WITH_CREDENTIALS -112

/**
 * Anybody can register a host that the pattern covers.
 */
#define CORS_ERROR_PUBLIC_SUFFIX_SUBDOMAINS -113

/**
 * Reflecting every origin does nothing that a star would not do.
 */
#define CORS_ERROR_REFLECTION_WITHOUT_CREDENTIALS -114

/**
 * A predicate has nothing to decide where every origin is allowed.
 */
#define CORS_ERROR_PREDICATE_WITH_ANY_ORIGIN -115

/**
 * A header that the predicate reads has no valid name.
 */
#define CORS_ERROR_PREDICATE_HEADER_INVALID -116

/**
 * A method is not a token.
 */
#define CORS_ERROR_METHOD_INVALID -117

/**
 * No browser lets script send the method.
 */
#define CORS_ERROR_METHOD_FORBIDDEN -118

/**
 * A request header's name is not a token.
 */
#define CORS_ERROR_REQUEST_HEADER_INVALID -119

/**
 * No browser lets script set the request header.
 */
#define CORS_ERROR_REQUEST_HEADER_FORBIDDEN -120

/**
 * A response header's name is not a token.
 */
#define CORS_ERROR_EXPOSE_HEADER_INVALID -121

/**
 * No browser lets script read the response header.
 */
#define CORS_ERROR_EXPOSE_HEADER_FORBIDDEN -122

/**
 * With credentials browsers take the star for a header's name.
 */
#define CORS_ERROR_EXPOSE_ANY_WITH_CREDENTIALS -123

/**
 * The number of seconds is negative or more than any browser keeps.
 */
#define CORS_ERROR_MAX_AGE_OUT_OF_RANGE -124

/**
 * An entry of timing_allow_origins is not one whole origin.
 */
#define CORS_ERROR_TIMING_ORIGIN_INVALID -125

/**
 * Browsers take only 200 to 299 for a preflight's success.
 */
#define CORS_ERROR_PREFLIGHT_STATUS_OUT_OF_RANGE -126

/**
 * fetch() itself would throw; the error has the reason.
 */
#define CORS_ERROR_REQUEST -200

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The number of the binary interface of the library at hand. A program that loads the library itself compares
 * it with CORS_ENGINE_ABI before it calls anything else; for others the linker has done so.
 *
 * Any thread.
 */
uint32_t cors_engine_abi(void);

/**
 * The version of the library at hand, such as "0.1.0": a static string, ended by NUL. CORS_ENGINE_VERSION is
 * that of the header.
 *
 * Any thread.
 */
const char *cors_engine_version(void);

/**
 * The stable code of a status, such as "origin-invalid": a static string, ended by NUL. "unknown" for a
 * number that is no status.
 *
 * Any thread.
 */
const char *cors_status_name(cors_status status);

/**
 * Makes an empty builder and puts it into out. Free it with cors_builder_free.
 *
 * Errors: CORS_ERROR_NULL; out is left alone then.
 */
cors_status cors_builder_new(cors_builder **out);

/**
 * Frees a builder; policies built with it live on. NULL does nothing.
 */
void cors_builder_free(cors_builder *builder);

/**
 * Adds an element to a key that takes a list: origins, methods, request_headers, expose_headers or
 * timing_allow_origins. The keys and their values are those of policy documents (docs/policies.md). Whether
 * the element means something is judged when the policy is built.
 *
 * Errors: CORS_ERROR_NULL, CORS_ERROR_ENCODING, CORS_ERROR_TOO_LONG, CORS_ERROR_UNKNOWN_KEY, and
 * CORS_ERROR_WRONG_TYPE for a key that takes one value. The builder is left alone then.
 */
cors_status cors_builder_add(cors_builder *builder, cors_str key, cors_str value, cors_error *error);

/**
 * Sets a key that takes one value, from text as it would stand in a configuration file: credentials "true",
 * max_age "600", refused_preflight "forbid". Set twice, the later value counts.
 *
 * Errors: CORS_ERROR_NULL, CORS_ERROR_ENCODING, CORS_ERROR_TOO_LONG, CORS_ERROR_UNKNOWN_KEY, and
 * CORS_ERROR_WRONG_TYPE for a value that the key does not take and for a key that takes a list. The builder is
 * left alone then.
 */
cors_status cors_builder_set(cors_builder *builder,
                             cors_str key,
                             cors_str value,
                             cors_error *error);

/**
 * Reads a policy document in TOML into the builder, in place of all that was said before. environment names
 * the one of the document's environments to use; where it is absent, none is. More can be added and set
 * afterwards.
 *
 * Errors: CORS_ERROR_NULL, CORS_ERROR_ENCODING, CORS_ERROR_TOO_LONG, and every mistake that a document can
 * have; cors_builder_mistake has all of them. What was said before is left alone then.
 */
cors_status cors_builder_read_toml(cors_builder *builder,
                                   cors_str text,
                                   cors_str environment,
                                   cors_error *error);

/**
 * Reads a policy document in JSON into the builder: see cors_builder_read_toml.
 */
cors_status cors_builder_read_json(cors_builder *builder,
                                   cors_str text,
                                   cors_str environment,
                                   cors_error *error);

/**
 * Builds the policy and puts it into out, with one reference: release it with cors_policy_unref. The builder
 * keeps what was said and can be used again.
 *
 * Errors: CORS_ERROR_NULL, and everything that is wrong with the policy: the first mistake through error, all
 * of them through cors_builder_mistake. out is left alone then.
 */
cors_status cors_builder_build(cors_builder *builder, const cors_policy **out, cors_error *error);

/**
 * How many mistakes the last call of cors_builder_build, cors_builder_read_toml or cors_builder_read_json
 * found: 0 if it succeeded. NULL has none.
 */
size_t cors_builder_mistakes(const cors_builder *builder);

/**
 * Puts the nth mistake into out, from 0; more in it is how many come after.
 *
 * Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE, CORS_ERROR_NOT_FOUND.
 */
cors_status cors_builder_mistake(const cors_builder *builder, size_t n, cors_error *out);

/**
 * Reads a policy document in TOML, builds the policy and puts it into out, with one reference: release it with
 * cors_policy_unref. environment names the one of the document's environments to use; where it is absent,
 * none is.
 *
 * Errors: CORS_ERROR_NULL, CORS_ERROR_ENCODING, CORS_ERROR_TOO_LONG, and everything that is wrong with the
 * document or the policy; error has the first mistake, and its line and column. To have every mistake, use
 * cors_builder_read_toml. out is left alone then.
 */
cors_status cors_policy_from_toml(cors_str text,
                                  cors_str environment,
                                  const cors_policy **out,
                                  cors_error *error);

/**
 * Reads a policy document in JSON: see cors_policy_from_toml.
 */
cors_status cors_policy_from_json(cors_str text,
                                  cors_str environment,
                                  const cors_policy **out,
                                  cors_error *error);

/**
 * Takes one more reference to a policy, to be released with cors_policy_unref, and returns the policy. NULL
 * gives NULL.
 *
 * Any thread that holds a reference, or borrows one that is being held.
 */
const cors_policy *cors_policy_ref(const cors_policy *policy);

/**
 * Releases a reference. The policy is freed with the last one, and what decisions point to goes with it.
 * NULL does nothing.
 *
 * Any thread.
 */
void cors_policy_unref(const cors_policy *policy);

/**
 * Whether browsers may send credentials and let script read the answers. NULL does not allow them.
 *
 * Any thread.
 */
bool cors_policy_allows_credentials(const cors_policy *policy);

/**
 * How many findings there are about what the policy was built from. NULL has none.
 *
 * Any thread.
 */
size_t cors_policy_findings(const cors_policy *policy);

/**
 * Puts the nth finding into out, from 0.
 *
 * Any thread. Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE, CORS_ERROR_NOT_FOUND.
 */
cors_status cors_policy_finding(const cors_policy *policy, size_t n, cors_finding *out);

/**
 * Makes request an empty request with this method. Does the same as CORS_REQUEST_INIT and setting the field
 * method; in a server's hot path that is as good. NULL does nothing.
 */
void cors_request_init(cors_request *request, cors_str method);

/**
 * Takes a header line of the request, if CORS looks at it: Origin, Access-Control-Request-Method,
 * Access-Control-Request-Headers, and for cors_audit_response Sec-Fetch-Mode and whether there is a Cookie.
 * Call it for every line, in the server's own walk through the headers; repeated lines have to come as
 * repeated calls, since two Origin lines are not the same as one.
 *
 * Copies nothing and allocates nothing. Returns whether it took the line. An absent value counts as an empty
 * one. NULL or a wrong struct_size takes nothing.
 */
bool cors_request_header(cors_request *request, cors_str name, cors_str value);

/**
 * Decides. It cannot fail, allocates nothing, takes no lock and uses no thread-local storage.
 *
 * Where it cannot do its work, since an argument is NULL or a struct has the wrong struct_size, it refuses:
 * kind CORS_KIND_ACTUAL, reason CORS_REASON_INTERNAL, and operations that remove every CORS header that
 * the application may have set. NULL for out does nothing.
 *
 * Any thread; a policy may be used by many at a time.
 */
void cors_decide(const cors_policy *policy, const cors_request *request, cors_decision *out);

/**
 * Whether name, in any case, is that of a response header that policies own: one that is dropped from what an
 * application answers. Timing-Allow-Origin is one, though a policy that does not speak of it leaves it alone.
 * Vary is none.
 *
 * Any thread. Allocates nothing.
 */
bool cors_is_policy_header(cors_str name);

/**
 * The value of an operation: its own, or what its flags say of the request, without spaces and tabs around
 * it. Puts it into out; absent for CORS_OP_REMOVE. What comes from the request is the caller's own string.
 *
 * Any thread. Allocates nothing. Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE and CORS_ERROR_TOO_LONG for
 * an unusable request, CORS_ERROR_VALUE where the request has no such line; out is left alone then.
 */
cors_status cors_op_value(const cors_op *op, const cors_request *request, cors_str *out);

/**
 * Merges names into the value of a Vary header. have is the value that the response has, its lines joined by
 * commas if there are several, or absent; add is the value of a CORS_OP_VARY. Writes have and, after a comma,
 * each name in add that it lacks; have alone if it is * or lacks none. Nothing is ended by NUL. buffer may be
 * NULL if capacity is 0, to ask for the need.
 *
 * Any thread. Allocates nothing. Errors: CORS_ERROR_NO_SPACE, with the need in written and buffer left alone;
 * CORS_ERROR_NULL and CORS_ERROR_TOO_LONG, with nothing written.
 */
cors_status cors_vary_merge(cors_str have, cors_str add, char *buffer, size_t capacity, size_t *written);

/**
 * The stable code of a reason, such as "origin-not-allowed": a static string, ended by NUL. NULL for a number
 * that is no reason, 0 included.
 *
 * Any thread.
 */
const char *cors_reason_code(uint16_t reason);

/**
 * One English sentence that says what a reason means: a static string, ended by NUL. NULL for a number that
 * is no reason, 0 included.
 *
 * Any thread.
 */
const char *cors_reason_text(uint16_t reason);

/**
 * The address of the place in a standard that a reason rests on: a static string, ended by NUL. NULL for a
 * number that is no reason, 0 included.
 *
 * Any thread.
 */
const char *cors_reason_url(uint16_t reason);

/**
 * Makes an empty cache and puts it into out. Free it with cors_preflight_cache_free.
 *
 * Errors: CORS_ERROR_NULL; out is left alone then.
 */
cors_status cors_preflight_cache_new(cors_preflight_cache **out);

/**
 * Frees a cache. NULL does nothing.
 */
void cors_preflight_cache_free(cors_preflight_cache *cache);

/**
 * Forgets everything. NULL does nothing.
 */
void cors_preflight_cache_clear(cors_preflight_cache *cache);

/**
 * How many URLs something is known of, what expired and was not asked for since included. NULL knows none.
 */
size_t cors_preflight_cache_len(const cors_preflight_cache *cache);

/**
 * Constructs a request as the browser would, and puts the fetch into out. Free it with cors_fetch_free.
 * Nothing in it points into init.
 *
 * Errors: CORS_ERROR_REQUEST where fetch() itself would throw, with the reason in error; CORS_ERROR_NULL,
 * CORS_ERROR_STRUCT_SIZE, CORS_ERROR_TOO_LONG, CORS_ERROR_ENCODING and CORS_ERROR_VALUE for a field that
 * cannot be read, with its name in error as the key. out is left alone then.
 */
cors_status cors_fetch_new(const cors_fetch_init *init, cors_fetch **out, cors_error *error);

/**
 * Frees a fetch. NULL does nothing.
 */
void cors_fetch_free(cors_fetch *fetch);

/**
 * Begins the fetch. Returns CORS_STEP_SEND and fills out, or returns CORS_STEP_DONE. Called again, it says
 * again what is wanted next.
 *
 * cache is the browser's preflight cache; with NULL the fetch uses one of its own. now_ms is the time in
 * milliseconds since a fixed moment of the caller's choice, the same for all that use the cache.
 *
 * Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE; the fetch is left alone then.
 */
int32_t cors_fetch_start(cors_fetch *fetch, cors_preflight_cache *cache, uint64_t now_ms, cors_outgoing *out);

/**
 * Takes the response to the request that was last asked for: its status and its header lines in order,
 * repeated names included. Returns CORS_STEP_SEND and fills out, or returns CORS_STEP_DONE. cache and now_ms
 * are as in cors_fetch_start.
 *
 * Errors: CORS_ERROR_ORDER where no response is waited for; CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE,
 * CORS_ERROR_TOO_LONG. The fetch is left alone then.
 */
int32_t cors_fetch_receive(cors_fetch *fetch,
                           uint16_t status,
                           const cors_header *headers,
                           size_t header_count,
                           cors_preflight_cache *cache,
                           uint64_t now_ms,
                           cors_outgoing *out);

/**
 * Says that no response arrived to the request that was last asked for: the connection failed. Returns
 * CORS_STEP_DONE. cache is as in cors_fetch_start.
 *
 * Errors: CORS_ERROR_ORDER where no response is waited for; CORS_ERROR_NULL. The fetch is left alone then.
 */
int32_t cors_fetch_fail(cors_fetch *fetch, cors_preflight_cache *cache);

/**
 * Puts the nth header line of the request that was last asked for into out, from 0. The strings last as those
 * of cors_outgoing do.
 *
 * Errors: CORS_ERROR_ORDER where no response is waited for, CORS_ERROR_NULL, CORS_ERROR_NOT_FOUND; out is
 * left alone then.
 */
cors_status cors_fetch_header(const cors_fetch *fetch, size_t n, cors_header *out);

/**
 * Puts the verdict of a fetch that is over into out.
 *
 * Errors: CORS_ERROR_ORDER before that; CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE. out is left alone then.
 */
cors_status cors_fetch_verdict(const cors_fetch *fetch, cors_verdict *out);

/**
 * Puts the name of the nth response header that script can read into out, from 0: in lower case, sorted, each
 * once. The string is the fetch's and lasts until it is freed.
 *
 * Errors: CORS_ERROR_ORDER before the fetch is over; CORS_ERROR_NULL, CORS_ERROR_NOT_FOUND. out is left alone
 * then.
 */
cors_status cors_fetch_exposed(const cors_fetch *fetch, size_t n, cors_str *out);

/**
 * Puts the nth line that the browser's console shows about a network error into out, from 0. Empty for
 * CORS_ENGINE_SPEC, which has no console. The string is the fetch's and lasts until it is freed.
 *
 * Errors: CORS_ERROR_ORDER before the fetch is over; CORS_ERROR_NULL, CORS_ERROR_NOT_FOUND. out is left alone
 * then.
 */
cors_status cors_fetch_console(const cors_fetch *fetch, size_t n, cors_str *out);

/**
 * Whether the browser sends a preflight before this request, unless its preflight cache spares it: above 0 if
 * so, and because of what: CORS_PREFLIGHT_FOR_METHOD and the others. CORS_PREFLIGHT_NOT_NEEDED is 0.
 *
 * Any thread. Errors: as cors_fetch_new.
 */
int32_t cors_needs_preflight(const cors_fetch_init *init, cors_error *error);

/**
 * The CORS check alone: does a response with these headers let script of this origin read it? Puts the reason
 * why not into reason, or 0 if it does. engine_number is CORS_ENGINE_SPEC or another, credentials_mode is
 * CORS_CREDENTIALS_INCLUDE or another, origin is serialized.
 *
 * Any thread. Errors: CORS_ERROR_NULL, CORS_ERROR_TOO_LONG, CORS_ERROR_ENCODING, and CORS_ERROR_VALUE for a
 * constant or an origin that is none; reason is left alone then.
 */
cors_status cors_check(uint8_t engine_number,
                       cors_str origin,
                       uint8_t credentials_mode,
                       const cors_header *headers,
                       size_t header_count,
                       uint16_t *reason);

/**
 * The judgement of a preflight's answer alone: may this request be sent after it? Puts the reason why not into
 * reason, or 0 if it may.
 *
 * Any thread. Errors: as cors_fetch_new, and CORS_ERROR_NULL where reason is NULL; reason is left alone then.
 */
cors_status cors_preflight_check(const cors_fetch_init *init,
                                 uint16_t status,
                                 const cors_header *headers,
                                 size_t header_count,
                                 uint16_t *reason,
                                 cors_error *error);

/**
 * Which headers of a response that passed the CORS check script can read: puts a 1 for each line that it can
 * into readable, which has header_count places, and a 0 for each other. engine_number and credentials_mode
 * are as in cors_check.
 *
 * Any thread. Errors: CORS_ERROR_NULL, CORS_ERROR_TOO_LONG, CORS_ERROR_VALUE; readable is left alone then.
 */
cors_status cors_exposed_headers(uint8_t engine_number,
                                 uint8_t credentials_mode,
                                 const cors_header *headers,
                                 size_t header_count,
                                 uint8_t *readable);

/**
 * Judges the headers of somebody else's response, such as an upstream's, to a request as each engine would:
 * the answer to a preflight if the request is one, and otherwise whether script may read the response. What it
 * cannot know is whether the page used XMLHttpRequest, fetch() or an element, which changes nothing here.
 * context may be NULL: the credentials mode is told from the request then, and the own origin is not known.
 *
 * It decides nothing about the response, and is not for every server's hot path: it allocates briefly.
 *
 * Any thread. Errors: CORS_ERROR_NULL, CORS_ERROR_STRUCT_SIZE, CORS_ERROR_TOO_LONG, CORS_ERROR_VALUE; out is
 * left alone then.
 */
cors_status cors_audit_response(const cors_request *request,
                                const cors_audit_context *context,
                                uint16_t status,
                                const cors_header *headers,
                                size_t header_count,
                                cors_audit *out);

/**
 * Says an audit in one English line, such as "Chromium, Firefox and WebKit would block:
 * missing-allow-origin". Writes it into buffer, ended by NUL, and its length without the NUL into written.
 * buffer may be NULL if capacity is 0, to ask for the need. Nothing is said, and an empty line written, where
 * no browser blocks.
 *
 * Any thread. Allocates nothing. Errors: CORS_ERROR_NO_SPACE, with the need, the NUL included, in written and
 * buffer left alone; CORS_ERROR_NULL and CORS_ERROR_STRUCT_SIZE, with nothing written.
 */
cors_status cors_audit_text(const cors_audit *audit, char *buffer, size_t capacity, size_t *written);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* CORS_ENGINE_H */

/** A cors_str over bytes and their number. */
#ifdef __cplusplus
#define CORS_STR_OF(bytes, length) (cors_str{ (const char *)(bytes), (size_t)(length) })
#else
#define CORS_STR_OF(bytes, length) ((cors_str){ (const char *)(bytes), (size_t)(length) })
#endif

/** A cors_str over a string literal, such as CORS_STR("origins"). */
#define CORS_STR(literal) CORS_STR_OF("" literal, sizeof(literal) - 1)

/** An absent cors_str. */
#define CORS_STR_ABSENT CORS_STR_OF(NULL, 0)

/** Initializers: cors_error error = CORS_ERROR_INIT; */
#define CORS_ERROR_INIT { (uint32_t)sizeof(cors_error), 0, 0, 0, 0, 0, 0, 0, { 0 }, { 0 }, { 0 }, { 0 } }
#define CORS_FINDING_INIT \
  { (uint32_t)sizeof(cors_finding), 0, 0, 0, 0, 0, { 0 }, { 0 }, { 0 }, { 0 }, { 0 } }
#define CORS_REQUEST_INIT \
  { (uint32_t)sizeof(cors_request), 0, 0, 0, 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, \
    { { NULL, 0 } } }
#define CORS_DECISION_INIT \
  { (uint32_t)sizeof(cors_decision), 0, 0, 0, 0, 0, 0, 0, { { 0, 0, 0, 0, { NULL, 0 }, { NULL, 0 } } } }
#define CORS_FETCH_INIT \
  { (uint32_t)sizeof(cors_fetch_init), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, { NULL, 0 }, { NULL, 0 }, \
    { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, NULL, 0 }
#define CORS_OUTGOING_INIT \
  { (uint32_t)sizeof(cors_outgoing), 0, 0, 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, \
    { NULL, 0 }, 0 }
#define CORS_VERDICT_INIT \
  { (uint32_t)sizeof(cors_verdict), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, { NULL, 0 }, { NULL, 0 } }
#define CORS_AUDIT_CONTEXT_INIT \
  { (uint32_t)sizeof(cors_audit_context), CORS_CREDENTIALS_FROM_REQUEST, { 0 }, { NULL, 0 } }
#define CORS_AUDIT_INIT { (uint32_t)sizeof(cors_audit), 0, 0, 0, 0, { 0 } }
