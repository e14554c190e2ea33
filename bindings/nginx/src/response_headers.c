/*
 * Puts the operations of a decision on a response. The ones that this module added before are replaced as any
 * other, so a response may come by twice, as one with a bad range does.
 */

#include "cors_module.h"

static void ngx_http_cors_drop(ngx_http_request_t *r, const cors_str *name);
static ngx_int_t ngx_http_cors_add(ngx_http_request_t *r, const cors_str *name, const cors_str *value);
static ngx_int_t ngx_http_cors_merge_vary(ngx_http_request_t *r, const cors_str *name, cors_str value);
static ngx_int_t ngx_http_cors_join(ngx_http_request_t *r, const cors_str *name, cors_str *joined);
static ngx_uint_t ngx_http_cors_has_name(const ngx_table_elt_t *line, const cors_str *name);


ngx_int_t
ngx_http_cors_apply(ngx_http_request_t *r, const cors_decision *decision, const cors_request *request)
{
    uint32_t        i;
    cors_str        value;
    ngx_int_t       rc;
    const cors_op  *op;

    for (i = 0; i < decision->op_count; i++) {
        op = &decision->ops[i];
        rc = NGX_OK;
        if (cors_op_value(op, request, &value) != CORS_OK) {
            return NGX_ERROR;
        }
        switch (op->action) {
        case CORS_OP_REMOVE:
            ngx_http_cors_drop(r, &op->name);
            break;
        case CORS_OP_SET:
            ngx_http_cors_drop(r, &op->name);
            rc = ngx_http_cors_add(r, &op->name, &value);
            break;
        case CORS_OP_APPEND:
            rc = ngx_http_cors_add(r, &op->name, &value);
            break;
        case CORS_OP_VARY:
            rc = ngx_http_cors_merge_vary(r, &op->name, value);
            break;
        }
        if (rc != NGX_OK) {
            return rc;
        }
    }
    return NGX_OK;
}


static void
ngx_http_cors_drop(ngx_http_request_t *r, const cors_str *name)
{
    ngx_uint_t        i;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *lines;

    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        lines = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (ngx_http_cors_has_name(&lines[i], name)) {
                lines[i].hash = 0;
            }
        }
    }
}


/* The strings are the policy's, static, or the request's: they last as long as the response does. */
static ngx_int_t
ngx_http_cors_add(ngx_http_request_t *r, const cors_str *name, const cors_str *value)
{
    ngx_table_elt_t  *line;

    line = ngx_list_push(&r->headers_out.headers);
    if (line == NULL) {
        return NGX_ERROR;
    }
    line->hash = 1;
    line->key.data = (u_char *) name->ptr;
    line->key.len = name->len;
    line->value.data = (u_char *) value->ptr;
    line->value.len = value->len;
    line->lowcase_key = line->key.data;
#if (nginx_version >= 1023000)
    line->next = NULL;
#endif
    return NGX_OK;
}


static ngx_int_t
ngx_http_cors_merge_vary(ngx_http_request_t *r, const cors_str *name, cors_str value)
{
    size_t    written;
    cors_str  have, merged;

    if (ngx_http_cors_join(r, name, &have) != NGX_OK) {
        return NGX_ERROR;
    }
    if (have.ptr == NULL) {
        return ngx_http_cors_add(r, name, &value);
    }
    if (cors_vary_merge(have, value, NULL, 0, &written) != CORS_ERROR_NO_SPACE) {
        return NGX_ERROR;
    }
    merged.len = written;
    merged.ptr = ngx_pnalloc(r->pool, merged.len);
    if (merged.ptr == NULL
        || cors_vary_merge(have, value, (char *) merged.ptr, merged.len, &written) != CORS_OK)
    {
        return NGX_ERROR;
    }
    ngx_http_cors_drop(r, name);
    return ngx_http_cors_add(r, name, &merged);
}


/* The values of all lines of a name, with commas between; absent if there is none. */
static ngx_int_t
ngx_http_cors_join(ngx_http_request_t *r, const cors_str *name, cors_str *joined)
{
    u_char           *end;
    size_t            length;
    ngx_uint_t        i, count;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *lines;

    length = 0;
    count = 0;
    *joined = CORS_STR_ABSENT;
    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        lines = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (ngx_http_cors_has_name(&lines[i], name)) {
                length += lines[i].value.len + sizeof(", ") - 1;
                count++;
                *joined = ngx_http_cors_str(&lines[i].value);
            }
        }
    }
    if (count < 2) {
        return NGX_OK;
    }
    joined->ptr = ngx_pnalloc(r->pool, length);
    if (joined->ptr == NULL) {
        return NGX_ERROR;
    }
    end = (u_char *) joined->ptr;
    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        lines = part->elts;
        for (i = 0; i < part->nelts; i++) {
            if (ngx_http_cors_has_name(&lines[i], name)) {
                end = ngx_cpymem(end, lines[i].value.data, lines[i].value.len);
                end = ngx_cpymem(end, ", ", sizeof(", ") - 1);
            }
        }
    }
    joined->len = length - (sizeof(", ") - 1);
    return NGX_OK;
}


/* A line whose hash is 0 is none any more. */
static ngx_uint_t
ngx_http_cors_has_name(const ngx_table_elt_t *line, const cors_str *name)
{
    return line->hash != 0 && line->key.len == name->len
           && ngx_strncasecmp(line->key.data, (u_char *) name->ptr, name->len) == 0;
}
