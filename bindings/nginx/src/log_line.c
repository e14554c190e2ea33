/*
 * Lines of the error log: who asked for what, and what came of it. What the client wrote is escaped and cut, so
 * that it can neither pass for another line nor fill the disk.
 */

#include "cors_module.h"

#define LONGEST_TEXT  256

static u_char *ngx_http_cors_escape(u_char *end, u_char *last, const u_char *text, size_t length);


void
ngx_http_cors_log(ngx_http_request_t *r, const ngx_http_cors_ctx_t *ctx, const cors_request *request,
    ngx_uint_t level, const char *format, ...)
{
    u_char   line[NGX_MAX_ERROR_STR], *end, *last;
    va_list  arguments;

    if (level == NGX_HTTP_CORS_LOG_OFF || r->connection->log->log_level < level) {
        return;
    }
    end = line;
    last = line + sizeof(line);
    end = ngx_http_cors_escape(end, last, ctx->method.data, ctx->method.len);
    end = ngx_slprintf(end, last, " ");
    end = ngx_http_cors_escape(end, last, r->unparsed_uri.data, r->unparsed_uri.len);
    end = ngx_slprintf(end, last, " from ");
    end = ngx_http_cors_escape(end, last, (const u_char *) request->origin.ptr, request->origin.len);
    end = ngx_slprintf(end, last, ": ");
    va_start(arguments, format);
    end = ngx_vslprintf(end, last, format, arguments);
    va_end(arguments);

    ngx_log_error(level, r->connection->log, 0, "%*s", (size_t) (end - line), line);
}


static u_char *
ngx_http_cors_escape(u_char *end, u_char *last, const u_char *text, size_t length)
{
    size_t  i;

    for (i = 0; i < length && i < LONGEST_TEXT; i++) {
        if (text[i] > 0x20 && text[i] < 0x7f && text[i] != '\\') {
            end = ngx_slprintf(end, last, "%c", text[i]);
        } else {
            end = ngx_slprintf(end, last, "\\x%02Xd", text[i]);
        }
    }
    return i < length ? ngx_slprintf(end, last, "...") : end;
}
