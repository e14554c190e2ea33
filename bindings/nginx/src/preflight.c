/*
 * The handler of the rewrite phase: preflights are answered here, and a request's first location is noted.
 */

#include "cors_module.h"

static ngx_int_t ngx_http_cors_answer(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx, const cors_request *request,
    const cors_decision *decision);


ngx_int_t
ngx_http_cors_preflight(ngx_http_request_t *r)
{
    cors_request          request;
    cors_decision         room;
    ngx_http_cors_ctx_t  *ctx;
    const cors_decision  *decision;

    if (r != r->main) {
        return NGX_DECLINED;
    }
    if (ngx_http_cors_enter(r, &ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    /* The question of the method spares all other requests a decision here; they get it with their response. */
    if (ctx == NULL || ctx->cors == NULL || r->method != NGX_HTTP_OPTIONS || r->error_page
        || ctx->cors->mode != NGX_HTTP_CORS_SERVE || ctx->cors->preflight != NGX_HTTP_CORS_PREFLIGHT_ANSWER)
    {
        return NGX_DECLINED;
    }
    ngx_http_cors_read_request(r, ctx, &request);
    decision = ngx_http_cors_decide(ctx, &request, &room);
    if (decision->action != CORS_ACTION_RESPOND) {
        return NGX_DECLINED;
    }
    return ngx_http_cors_answer(r, ctx, &request, decision);
}


/*
 * Not by returning the status, which error_page could turn into something else. The header filter puts the
 * policy's headers on it, as on every response; the context lends it the decision meanwhile.
 */
static ngx_int_t
ngx_http_cors_answer(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx, const cors_request *request,
    const cors_decision *decision)
{
    ngx_int_t  rc;

    rc = ngx_http_discard_request_body(r);
    if (rc != NGX_OK) {
        return rc;
    }
    r->headers_out.status = decision->status;
    r->headers_out.content_length_n = 0;
    r->header_only = 1;

    ctx->answered = 1;
    ctx->request = request;
    ctx->decision = decision;
    rc = ngx_http_send_header(r);
    ctx->request = NULL;
    ctx->decision = NULL;
    return rc;
}
