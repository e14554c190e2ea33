/*
 * Puts the operations of a decision on a response. The ones that this module added before are replaced as any
 * other, so a response may come by twice, as one with a bad range does.
 */

#include "cors_module.h"

static void ngx_http_cors_drop_replaced(ngx_http_request_t *r, const cors_decision *decision);
static void ngx_http_cors_drop(ngx_http_request_t *r, const cors_str *name);
static ngx_int_t ngx_http_cors_add(ngx_http_request_t *r, const cors_str *name, const cors_str *value);
static ngx_int_t ngx_http_cors_merge_vary(ngx_http_request_t *r, const cors_str *name, const cors_str *value);
static ngx_int_t ngx_http_cors_join(ngx_http_request_t *r, const cors_str *name, cors_str *joined);
static ngx_uint_t ngx_http_cors_has_name(const ngx_table_elt_t *line, const cors_str *name);


ngx_int_t
ngx_http_cors_apply(ngx_http_request_t *r, const cors_decision *decision, const cors_request *request)
{
    uint32_t        i;
    cors_str        value;
    ngx_int_t       rc;
    const cors_op  *op;

    ngx_http_cors_drop_replaced(r, decision);

    for (i = 0; i < decision->op_count; i++) {
        op = &decision->ops[i];
        if (op->action == CORS_OP_REMOVE) {
            continue;
        }
        value = op->value;
        if (op->flags != 0 && cors_op_value(op, request, &value) != CORS_OK) {
            return NGX_ERROR;
        }
        rc = op->action == CORS_OP_VARY ? ngx_http_cors_merge_vary(r, &op->name, &value)
                                        : ngx_http_cors_add(r, &op->name, &value);
        if (rc != NGX_OK) {
            return rc;
        }
    }
    return NGX_OK;
}


/*
 * Drops the lines of every name that is removed or set, in one walk: no operation adds a line of a name before
 * it is set. Of most lines no more than the length is looked at.
 */
static void
ngx_http_cors_drop_replaced(ngx_http_request_t *r, const cors_decision *decision)
{
    uint32_t          i;
    uint64_t          lengths;
    ngx_uint_t        n;
    ngx_list_part_t  *part;
    ngx_table_elt_t  *lines;

    if (r->headers_out.headers.part.nelts == 0) {
        return;
    }
    lengths = 0;
    for (i = 0; i < decision->op_count; i++) {
        lengths |= (uint64_t) 1 << decision->ops[i].name.len % 64;
    }
    for (part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        lines = part->elts;
        for (n = 0; n < part->nelts; n++) {
            if (!(lengths >> lines[n].key.len % 64 & 1)) {
                continue;
            }
            for (i = 0; i < decision->op_count; i++) {
                if ((decision->ops[i].action == CORS_OP_SET || decision->ops[i].action == CORS_OP_REMOVE)
                    && ngx_http_cors_has_name(&lines[n], &decision->ops[i].name))
                {
                    lines[n].hash = 0;
                }
            }
        }
    }
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
ngx_http_cors_merge_vary(ngx_http_request_t *r, const cors_str *name, const cors_str *value)
{
    size_t    written;
    cors_str  have, merged;

    if (ngx_http_cors_join(r, name, &have) != NGX_OK) {
        return NGX_ERROR;
    }
    if (have.ptr == NULL) {
        return ngx_http_cors_add(r, name, value);
    }
    if (cors_vary_merge(have, *value, NULL, 0, &written) != CORS_ERROR_NO_SPACE) {
        return NGX_ERROR;
    }
    merged.len = written;
    merged.ptr = ngx_pnalloc(r->pool, merged.len);
    if (merged.ptr == NULL
        || cors_vary_merge(have, *value, (char *) merged.ptr, merged.len, &written) != CORS_OK)
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
