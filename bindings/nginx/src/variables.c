/*
 * Variables for log_format, map and headers to upstreams. Their values are fixed words, numbers and names of
 * policies, none of which any log format has to escape; a variable that does not apply is not set.
 */

#include "cors_module.h"

/* What of an audit a variable says of one engine: (engine << 1) | REASON. */
#define VERDICT  0
#define REASON   1

static ngx_int_t ngx_http_cors_kind(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_cors_allowed(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_cors_reason(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_cors_policy_name(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_cors_audit(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_cors_audit_engine(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data);
static const ngx_http_cors_ctx_t *ngx_http_cors_decided(ngx_http_request_t *r);
static const ngx_http_cors_ctx_t *ngx_http_cors_judged(ngx_http_request_t *r);
static ngx_int_t ngx_http_cors_none(ngx_http_variable_value_t *v);
static ngx_int_t ngx_http_cors_text(ngx_http_variable_value_t *v, const u_char *text, size_t length);
static ngx_int_t ngx_http_cors_word(ngx_http_variable_value_t *v, const char *word);


static ngx_http_variable_t  ngx_http_cors_variables[] = {

    { ngx_string("cors_kind"), NULL, ngx_http_cors_kind, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_allowed"), NULL, ngx_http_cors_allowed, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_reason"), NULL, ngx_http_cors_reason, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_policy"), NULL, ngx_http_cors_policy_name, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_audit"), NULL, ngx_http_cors_audit, 0, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_audit_chromium"), NULL, ngx_http_cors_audit_engine,
      CORS_ENGINE_CHROMIUM << 1 | VERDICT, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_audit_chromium_reason"), NULL, ngx_http_cors_audit_engine,
      CORS_ENGINE_CHROMIUM << 1 | REASON, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_audit_firefox"), NULL, ngx_http_cors_audit_engine,
      CORS_ENGINE_GECKO << 1 | VERDICT, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_audit_firefox_reason"), NULL, ngx_http_cors_audit_engine,
      CORS_ENGINE_GECKO << 1 | REASON, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_audit_webkit"), NULL, ngx_http_cors_audit_engine,
      CORS_ENGINE_WEBKIT << 1 | VERDICT, NGX_HTTP_VAR_NOCACHEABLE, 0 },

    { ngx_string("cors_audit_webkit_reason"), NULL, ngx_http_cors_audit_engine,
      CORS_ENGINE_WEBKIT << 1 | REASON, NGX_HTTP_VAR_NOCACHEABLE, 0 },

      ngx_http_null_variable
};


ngx_int_t
ngx_http_cors_add_variables(ngx_conf_t *cf)
{
    ngx_http_variable_t  *variable, *place;

    for (variable = ngx_http_cors_variables; variable->name.len != 0; variable++) {
        place = ngx_http_add_variable(cf, &variable->name, variable->flags);
        if (place == NULL) {
            return NGX_ERROR;
        }
        place->get_handler = variable->get_handler;
        place->data = variable->data;
    }
    return NGX_OK;
}


static ngx_int_t
ngx_http_cors_kind(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    static const char *const    kinds[] = { "not-cors", "actual", "preflight" };
    const ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_cors_decided(r);
    return ctx == NULL ? ngx_http_cors_none(v) : ngx_http_cors_word(v, kinds[ctx->kind]);
}


static ngx_int_t
ngx_http_cors_allowed(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_cors_decided(r);
    return ctx == NULL ? ngx_http_cors_none(v) : ngx_http_cors_word(v, ctx->allowed ? "1" : "0");
}


static ngx_int_t
ngx_http_cors_reason(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_cors_decided(r);
    return ctx == NULL ? ngx_http_cors_none(v) : ngx_http_cors_word(v, cors_reason_code(ctx->reason));
}


static ngx_int_t
ngx_http_cors_policy_name(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_str_t            *name;
    const ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_cors_find_ctx(r->main);
    if (ctx == NULL || ctx->cors == NULL || ctx->cors->policy == NULL) {
        return ngx_http_cors_none(v);
    }
    name = &ctx->cors->policy->name;
    return ngx_http_cors_text(v, name->data, name->len);
}


/* All engines in one line, as in the error log; "allow" where none blocks. */
static ngx_int_t
ngx_http_cors_audit(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    char                       *line;
    size_t                      need;
    const ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_cors_judged(r);
    if (ctx == NULL) {
        return ngx_http_cors_none(v);
    }
    if (ctx->judgement.blocking == 0) {
        return ngx_http_cors_word(v, "allow");
    }
    if (cors_audit_text(&ctx->judgement, NULL, 0, &need) != CORS_ERROR_NO_SPACE) {
        return ngx_http_cors_none(v);
    }
    line = ngx_pnalloc(r->pool, need);
    if (line == NULL || cors_audit_text(&ctx->judgement, line, need, &need) != CORS_OK) {
        return NGX_ERROR;
    }
    return ngx_http_cors_text(v, (u_char *) line, need);
}


static ngx_int_t
ngx_http_cors_audit_engine(ngx_http_request_t *r, ngx_http_variable_value_t *v, uintptr_t data)
{
    uint16_t                    reason;
    const ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_cors_judged(r);
    if (ctx == NULL) {
        return ngx_http_cors_none(v);
    }
    reason = ctx->judgement.reason[data >> 1];
    if ((data & REASON) == VERDICT) {
        return ngx_http_cors_word(v, reason == 0 ? "allow" : "block");
    }
    return reason == 0 ? ngx_http_cors_none(v) : ngx_http_cors_word(v, cors_reason_code(reason));
}


/* The context with a decision, made now if need be. NULL where no policy has a say, or the location is not known yet. */
static const ngx_http_cors_ctx_t *
ngx_http_cors_decided(ngx_http_request_t *r)
{
    cors_request          request;
    cors_decision         room;
    ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_cors_find_ctx(r->main);
    if (ctx == NULL || ctx->cors == NULL || ctx->cors->mode == NGX_HTTP_CORS_OFF) {
        return NULL;
    }
    if (!ctx->decided) {
        ngx_http_cors_read_request(r->main, ctx, &request);
        ngx_http_cors_decide(ctx, &request, &room);
    }
    return ctx;
}


static const ngx_http_cors_ctx_t *
ngx_http_cors_judged(ngx_http_request_t *r)
{
    const ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_cors_find_ctx(r->main);
    return ctx != NULL && ctx->judged ? ctx : NULL;
}


static ngx_int_t
ngx_http_cors_none(ngx_http_variable_value_t *v)
{
    v->not_found = 1;
    return NGX_OK;
}


static ngx_int_t
ngx_http_cors_text(ngx_http_variable_value_t *v, const u_char *text, size_t length)
{
    v->data = (u_char *) text;
    v->len = length;
    v->valid = 1;
    v->no_cacheable = 0;
    v->not_found = 0;
    return NGX_OK;
}


static ngx_int_t
ngx_http_cors_word(ngx_http_variable_value_t *v, const char *word)
{
    return word == NULL ? ngx_http_cors_none(v) : ngx_http_cors_text(v, (u_char *) word, ngx_strlen(word));
}
