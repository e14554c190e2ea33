/*
 * What the files of the module share: the configuration, what is kept of a request, and who does what.
 *
 * The module converts and calls. What CORS is, and what a browser makes of a response, is said by the library
 * behind cors_engine.h and nowhere here.
 */

#ifndef NGX_HTTP_CORS_MODULE_H
#define NGX_HTTP_CORS_MODULE_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <cors_engine.h>

/* nginx loads modules into one space of names: what is shared between these files is not shown to others. */
#pragma GCC visibility push(hidden)

/* What a location says with the directive cors; NGX_CONF_UNSET_UINT where neither it nor anything around it does. */
#define NGX_HTTP_CORS_OFF      0
#define NGX_HTTP_CORS_SERVE    1
#define NGX_HTTP_CORS_OBSERVE  2

/* What happens to preflights: cors_preflight. */
#define NGX_HTTP_CORS_PREFLIGHT_ANSWER  0
#define NGX_HTTP_CORS_PREFLIGHT_PASS    1

/* A level of the error log below all others: write nothing. */
#define NGX_HTTP_CORS_LOG_OFF  (NGX_LOG_DEBUG + 1)


/* A place in a configuration file: a directive's last line, and the last line of what stands before it. */
typedef struct {
    ngx_str_t                      file;
    ngx_uint_t                     line;
    ngx_uint_t                     after;
} ngx_http_cors_place_t;


/* A policy with its name, as cors_policy and cors_policy_file define it. */
typedef struct {
    ngx_str_t                      name;
    const cors_policy             *policy;
    cors_decision                  bare_get;  /* about a GET whose headers say nothing to a policy */
    ngx_http_cors_place_t          place;
} ngx_http_cors_policy_t;


typedef struct {
    ngx_uint_t                     mode;
    const ngx_http_cors_policy_t  *policy;
    ngx_uint_t                     preflight;
    ngx_uint_t                     log_level;
    ngx_flag_t                     audit;
    ngx_uint_t                     audit_log_level;
    ngx_uint_t                     audit_credentials;
    ngx_http_complex_value_t      *audit_own_origin;
} ngx_http_cors_loc_conf_t;


/* A location that names a policy, which may be defined further down. */
typedef struct {
    ngx_http_cors_loc_conf_t      *conf;
    ngx_str_t                      name;
    ngx_http_cors_place_t          place;
} ngx_http_cors_use_t;


typedef struct {
    ngx_array_t                    policies;  /* of ngx_http_cors_policy_t * */
    ngx_array_t                    uses;      /* of ngx_http_cors_use_t */
    ngx_uint_t                     mistakes;
} ngx_http_cors_main_conf_t;


/*
 * What is kept of a request. Internal redirects take it to other locations: the first on its way that says
 * something about cors has the say to the end, and likewise about cors_audit.
 */
typedef struct {
    const ngx_http_cors_loc_conf_t  *cors;
    const ngx_http_cors_loc_conf_t  *audit;
    ngx_str_t                        method;     /* the client's: error_page makes it GET */
    const cors_request              *request;    /* both while the module itself answers a preflight, else NULL */
    const cors_decision             *decision;
    cors_audit                       judgement;
    uint16_t                         reason;
    uint8_t                          kind;
    unsigned                         allowed:1;
    unsigned                         decided:1;
    unsigned                         answered:1; /* as a preflight, by the module itself */
    unsigned                         audited:1;
    unsigned                         judged:1;   /* the audit had something to say */
} ngx_http_cors_ctx_t;


extern ngx_module_t  ngx_http_cors_engine_module;

/* policy_block.c, policy_file.c: what the directives define. */
char *ngx_http_cors_policy_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_cors_policy_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* policies.c: policies by name, and where they are used. */
void *ngx_http_cors_create_main_conf(ngx_conf_t *cf);
char *ngx_http_cors_init_main_conf(ngx_conf_t *cf, void *conf);
ngx_http_cors_policy_t *ngx_http_cors_define(ngx_conf_t *cf, ngx_http_cors_main_conf_t *main, ngx_str_t *name);
void ngx_http_cors_keep(ngx_conf_t *cf, ngx_http_cors_main_conf_t *main, ngx_http_cors_policy_t *named,
    const cors_policy *policy);
ngx_int_t ngx_http_cors_use(ngx_conf_t *cf, ngx_http_cors_loc_conf_t *conf, ngx_str_t *name);

/* location.c: what a location says. */
void *ngx_http_cors_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_cors_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
char *ngx_http_cors_say(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* mistakes.c: the way to nginx -t. */
ngx_http_cors_place_t ngx_http_cors_here(ngx_conf_t *cf);
void ngx_http_cors_mistake(ngx_conf_t *cf, ngx_http_cors_main_conf_t *main, const ngx_http_cors_place_t *place,
    const char *format, ...);
void ngx_http_cors_doubt(ngx_conf_t *cf, const ngx_http_cors_place_t *place, const ngx_http_cors_policy_t *named,
    const cors_finding *finding);
ngx_uint_t ngx_http_cors_line_of(ngx_conf_t *cf, const ngx_http_cors_place_t *place, const ngx_str_t *word);
ngx_int_t ngx_http_cors_read_file(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *text);

/* context.c: a request's context, and the decision. */
ngx_http_cors_ctx_t *ngx_http_cors_find_ctx(ngx_http_request_t *r);
ngx_int_t ngx_http_cors_enter(ngx_http_request_t *r, ngx_http_cors_ctx_t **out);
void ngx_http_cors_read_request(ngx_http_request_t *r, const ngx_http_cors_ctx_t *ctx, cors_request *request);
const cors_decision *ngx_http_cors_decide(ngx_http_cors_ctx_t *ctx, const cors_request *request, cors_decision *room);

/* preflight.c, header_filter.c: the two places on a request's way. */
ngx_int_t ngx_http_cors_preflight(ngx_http_request_t *r);
void ngx_http_cors_install_header_filter(void);

/* response_headers.c: the operations of a decision. */
ngx_int_t ngx_http_cors_apply(ngx_http_request_t *r, const cors_decision *decision, const cors_request *request);

/* audit.c: what browsers make of a response. */
void ngx_http_cors_audit_response(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx, const cors_request *request);

/* log_line.c: who asked for what. */
void ngx_http_cors_log(ngx_http_request_t *r, const ngx_http_cors_ctx_t *ctx, const cors_request *request,
    ngx_uint_t level, const char *format, ...);

/* variables.c */
ngx_int_t ngx_http_cors_add_variables(ngx_conf_t *cf);


static ngx_inline cors_str
ngx_http_cors_str(const ngx_str_t *text)
{
    return CORS_STR_OF(text->data, text->len);
}

#pragma GCC visibility pop

#endif /* NGX_HTTP_CORS_MODULE_H */
