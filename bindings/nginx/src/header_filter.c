/*
 * The header filter: whatever answered and with whatever status, the audit judges the response as it stands,
 * and then the policy puts its headers on it. It runs behind nginx's own headers filter (see the file config),
 * so that add_header comes before it.
 */

#include "cors_module.h"

static ngx_int_t ngx_http_cors_header_filter(ngx_http_request_t *r);
static ngx_int_t ngx_http_cors_follow_policy(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx,
    const cors_request *request, const cors_decision *decision);

static ngx_http_output_header_filter_pt  ngx_http_cors_next_header_filter;


void
ngx_http_cors_install_header_filter(void)
{
    ngx_http_cors_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_cors_header_filter;
}


static ngx_int_t
ngx_http_cors_header_filter(ngx_http_request_t *r)
{
    cors_request          request;
    ngx_uint_t            follows, audits;
    cors_decision         room;
    ngx_http_cors_ctx_t  *ctx;
    const cors_decision  *decision;

    if (r != r->main) {
        return ngx_http_cors_next_header_filter(r);
    }
    /* Some responses are made before any handler ran, such as 413. */
    if (ngx_http_cors_enter(r, &ctx) != NGX_OK) {
        return NGX_ERROR;
    }
    if (ctx == NULL) {
        return ngx_http_cors_next_header_filter(r);
    }
    if (ctx->decision != NULL) {
        if (ngx_http_cors_follow_policy(r, ctx, ctx->request, ctx->decision) != NGX_OK) {
            return NGX_ERROR;
        }
        return ngx_http_cors_next_header_filter(r);
    }
    follows = ctx->cors != NULL && ctx->cors->mode != NGX_HTTP_CORS_OFF;
    audits = ctx->audit != NULL && ctx->audit->audit && !ctx->answered && !ctx->audited;
    if (follows || audits) {
        ngx_http_cors_read_request(r, ctx, &request);
    }
    if (audits) {
        ngx_http_cors_audit_response(r, ctx, &request);
    }
    if (follows) {
        decision = ngx_http_cors_decide(ctx, &request, &room);
        if (ngx_http_cors_follow_policy(r, ctx, &request, decision) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return ngx_http_cors_next_header_filter(r);
}


static ngx_int_t
ngx_http_cors_follow_policy(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx, const cors_request *request,
    const cors_decision *decision)
{
    const char  *refuses;

    if (!decision->allowed && decision->kind != CORS_KIND_NOT_CORS) {
        refuses = ctx->cors->mode == NGX_HTTP_CORS_SERVE ? "refuses" : "would refuse";
        ngx_http_cors_log(r, ctx, request, ctx->cors->log_level, "cors_policy \"%V\" %s: %s",
                          &ctx->cors->policy->name, refuses, cors_reason_code(decision->reason));
    }
    if (ctx->cors->mode != NGX_HTTP_CORS_SERVE) {
        return NGX_OK;
    }
    return ngx_http_cors_apply(r, decision, request);
}
