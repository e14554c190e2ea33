/*
 * A request's context, and the decision about the request.
 *
 * nginx forgets the contexts of modules at each internal redirect (error_page, X-Accel-Redirect, try_files).
 * The location that the client asked for keeps its say, so the context lies in a cleanup of the request's pool,
 * where it is found again.
 */

#include "cors_module.h"

static ngx_uint_t ngx_http_cors_is_bare_get(const cors_request *request);
static void ngx_http_cors_mark(void *data);


/* The context of a request, or NULL if it has not come to a location that says anything. */
ngx_http_cors_ctx_t *
ngx_http_cors_find_ctx(ngx_http_request_t *r)
{
    ngx_pool_cleanup_t   *cleanup;
    ngx_http_cors_ctx_t  *ctx;

    ctx = ngx_http_get_module_ctx(r, ngx_http_cors_engine_module);
    if (ctx != NULL || !(r->internal || r->filter_finalize)) {
        return ctx;
    }
    for (cleanup = r->pool->cleanup; cleanup != NULL; cleanup = cleanup->next) {
        if (cleanup->handler == ngx_http_cors_mark) {
            ngx_http_set_ctx(r, cleanup->data, ngx_http_cors_engine_module);
            return cleanup->data;
        }
    }
    return NULL;
}


/*
 * Takes note that the request came to its location. The context is NULL in out if neither this one nor one
 * before said anything.
 */
ngx_int_t
ngx_http_cors_enter(ngx_http_request_t *r, ngx_http_cors_ctx_t **out)
{
    ngx_pool_cleanup_t        *cleanup;
    ngx_http_cors_ctx_t       *ctx;
    ngx_http_cors_loc_conf_t  *conf;

    ctx = ngx_http_cors_find_ctx(r);
    conf = ngx_http_get_module_loc_conf(r, ngx_http_cors_engine_module);

    if (ctx == NULL && (conf->mode != NGX_CONF_UNSET_UINT || conf->audit != NGX_CONF_UNSET)) {
        cleanup = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cors_ctx_t));
        if (cleanup == NULL) {
            return NGX_ERROR;
        }
        ctx = cleanup->data;
        ngx_memzero(ctx, sizeof(ngx_http_cors_ctx_t));
        ctx->method = r->method_name;
        cleanup->handler = ngx_http_cors_mark;
        ngx_http_set_ctx(r, ctx, ngx_http_cors_engine_module);
    }
    if (ctx != NULL && ctx->cors == NULL && conf->mode != NGX_CONF_UNSET_UINT) {
        ctx->cors = conf;
    }
    if (ctx != NULL && ctx->audit == NULL && conf->audit != NGX_CONF_UNSET) {
        ctx->audit = conf;
    }
    *out = ctx;
    return NGX_OK;
}


/* What CORS looks at in a request. The strings are the request's own. */
void
ngx_http_cors_read_request(ngx_http_request_t *r, const ngx_http_cors_ctx_t *ctx, cors_request *request)
{
    ngx_uint_t        i;
    ngx_table_elt_t  *lines;
    ngx_list_part_t  *part;

    cors_request_init(request, CORS_STR_OF(ctx->method.len == 0 ? (u_char *) "" : ctx->method.data,
                                           ctx->method.len));

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        lines = part->elts;
        for (i = 0; i < part->nelts; i++) {
            /* Other modules take a line out by setting its hash to 0. */
            if (lines[i].hash != 0) {
                cors_request_header(request, ngx_http_cors_str(&lines[i].key), ngx_http_cors_str(&lines[i].value));
            }
        }
    }
}


/*
 * Decides by the policy of the context, which has one, and notes the outcome for the variables. The decision is
 * put into room, unless it is one that the policy has already: most requests say nothing to it.
 */
const cors_decision *
ngx_http_cors_decide(ngx_http_cors_ctx_t *ctx, const cors_request *request, cors_decision *room)
{
    const cors_decision  *decision;

    if (ngx_http_cors_is_bare_get(request)) {
        decision = &ctx->cors->policy->bare_get;
    } else {
        room->struct_size = sizeof(cors_decision);
        cors_decide(ctx->cors->policy->policy, request, room);
        decision = room;
    }
    ctx->kind = decision->kind;
    ctx->reason = decision->reason;
    ctx->allowed = decision->allowed;
    ctx->decided = 1;
    return decision;
}


/* Equal to the request of which ngx_http_cors_keep asks, in all that cors_decide reads. */
static ngx_uint_t
ngx_http_cors_is_bare_get(const cors_request *request)
{
    return request->origin_lines == 0 && request->request_method_lines == 0 && request->request_headers_lines == 0
           && request->method.len == 3 && ngx_memcmp(request->method.ptr, "GET", 3) == 0;
}


/* Does nothing when the pool goes: it is there to be recognized. */
static void
ngx_http_cors_mark(void *data)
{
}
