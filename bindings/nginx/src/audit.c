/*
 * What browsers would make of a response as it stands, before a policy of this module replaces anything.
 */

#include "cors_module.h"

static cors_header *ngx_http_cors_lines(ngx_http_request_t *r, size_t *count);
static ngx_int_t ngx_http_cors_own_origin(ngx_http_request_t *r, const ngx_http_cors_ctx_t *ctx, cors_str *origin);


/* An audit changes nothing: where it cannot be made, it is left out. */
void
ngx_http_cors_audit_response(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx, const cors_request *request)
{
    char                 line[256];
    size_t               count, written;
    cors_header         *lines;
    cors_audit_context   context = CORS_AUDIT_CONTEXT_INIT;

    ctx->audited = 1;
    if (request->origin_lines == 0) {
        return;
    }
    context.credentials = ctx->audit->audit_credentials;
    lines = ngx_http_cors_lines(r, &count);
    if (lines == NULL || ngx_http_cors_own_origin(r, ctx, &context.own_origin) != NGX_OK) {
        return;
    }
    ctx->judgement.struct_size = sizeof(cors_audit);
    if (cors_audit_response(request, &context, r->headers_out.status, lines, count, &ctx->judgement) != CORS_OK) {
        return;
    }
    ctx->judged = ctx->judgement.relevant;
    if (ctx->judgement.blocking > 0
        && cors_audit_text(&ctx->judgement, line, sizeof(line), &written) == CORS_OK)
    {
        ngx_http_cors_log(r, ctx, request, ctx->audit->audit_log_level, "%s", line);
    }
}


/* Every header line of the response, in order. */
static cors_header *
ngx_http_cors_lines(ngx_http_request_t *r, size_t *count)
{
    size_t            most;
    ngx_uint_t        i;
    cors_header      *lines;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *elements;

    most = 0;
    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        most += part->nelts;
    }
    lines = ngx_palloc(r->pool, (most + 1) * sizeof(cors_header));
    if (lines == NULL) {
        return NULL;
    }
    *count = 0;
    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        elements = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (elements[i].hash != 0) {
                lines[*count].name = ngx_http_cors_str(&elements[i].key);
                lines[*count].value = ngx_http_cors_str(&elements[i].value);
                (*count)++;
            }
        }
    }
    return lines;
}


/* As cors_audit_own_origin says, or else by the connection and the Host line. */
static ngx_int_t
ngx_http_cors_own_origin(ngx_http_request_t *r, const ngx_http_cors_ctx_t *ctx, cors_str *origin)
{
    u_char     *end;
    ngx_str_t   stated, scheme, host;

    if (ctx->audit->audit_own_origin != NULL) {
        if (ngx_http_complex_value(r, ctx->audit->audit_own_origin, &stated) != NGX_OK) {
            return NGX_ERROR;
        }
        *origin = stated.len == 0 ? CORS_STR_ABSENT : ngx_http_cors_str(&stated);
        return NGX_OK;
    }
    if (r->headers_in.host == NULL) {
        *origin = CORS_STR_ABSENT;
        return NGX_OK;
    }
    ngx_str_set(&scheme, "http://");
#if (NGX_HTTP_SSL)
    if (r->connection->ssl) {
        ngx_str_set(&scheme, "https://");
    }
#endif
    host = r->headers_in.host->value;
    origin->len = scheme.len + host.len;
    origin->ptr = ngx_pnalloc(r->pool, origin->len);
    if (origin->ptr == NULL) {
        return NGX_ERROR;
    }
    end = ngx_cpymem((u_char *) origin->ptr, scheme.data, scheme.len);
    ngx_strlow(end, host.data, host.len);
    return NGX_OK;
}
