/*
 * The directive cors_policy_file NAME PATH [ENVIRONMENT]: a policy document in TOML or JSON, the same that the
 * command line program cors checks.
 */

#include "cors_module.h"

static ngx_http_cors_place_t ngx_http_cors_place(const ngx_http_cors_policy_t *named, const ngx_str_t *path,
    uint32_t line);
static cors_status ngx_http_cors_read_document(const ngx_str_t *path, cors_builder *builder, cors_str text,
    cors_str environment, cors_error *error);


char *
ngx_http_cors_policy_file(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cors_main_conf_t  *main = conf;

    size_t                   i;
    u_char                   cause[NGX_MAX_ERROR_STR];
    cors_str                 environment;
    ngx_str_t               *words, text;
    cors_error               error = CORS_ERROR_INIT;
    cors_builder            *builder;
    const cors_policy       *policy;
    cors_finding             finding = CORS_FINDING_INIT;
    ngx_http_cors_place_t    place;
    ngx_http_cors_policy_t  *named;

    words = cf->args->elts;
    named = ngx_http_cors_define(cf, main, &words[1]);
    if (named == NULL || ngx_conf_full_name(cf->cycle, &words[2], 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    if (ngx_http_cors_read_file(cf, &words[2], &text) != NGX_OK) {
        *ngx_strerror(ngx_errno, cause, sizeof(cause) - 1) = '\0';
        ngx_http_cors_mistake(cf, main, &named->place, "cors_policy_file \"%V\": cannot read \"%V\": %s",
                              &named->name, &words[2], cause);
        return NGX_CONF_OK;
    }
    environment = cf->args->nelts == 4 ? ngx_http_cors_str(&words[3]) : CORS_STR_ABSENT;

    if (cors_builder_new(&builder) != CORS_OK) {
        return NGX_CONF_ERROR;
    }
    if (ngx_http_cors_read_document(&words[2], builder, ngx_http_cors_str(&text), environment, &error) == CORS_OK
        && cors_builder_build(builder, &policy, &error) == CORS_OK)
    {
        ngx_http_cors_keep(cf, main, named, policy);
        for (i = 0; cors_policy_finding(policy, i, &finding) == CORS_OK; i++) {
            if (finding.kind == CORS_FINDING_RISKY) {
                place = ngx_http_cors_place(named, &words[2], finding.line);
                ngx_http_cors_doubt(cf, &place, named, &finding);
            }
        }
    } else {
        i = 0;
        do {
            cors_builder_mistake(builder, i, &error);
            place = ngx_http_cors_place(named, &words[2], error.line);
            ngx_http_cors_mistake(cf, main, &place, "cors_policy_file \"%V\": %s \"%s\": %s (%s)", &named->name,
                                  error.key, error.value, error.message, error.code);
        } while (++i < cors_builder_mistakes(builder));
    }
    cors_builder_free(builder);
    return NGX_CONF_OK;
}


/* The line of the document, or the directive's where there is none. */
static ngx_http_cors_place_t
ngx_http_cors_place(const ngx_http_cors_policy_t *named, const ngx_str_t *path, uint32_t line)
{
    ngx_http_cors_place_t  place;

    place = named->place;
    if (line != 0) {
        place.file = *path;
        place.line = line;
    }
    return place;
}


static cors_status
ngx_http_cors_read_document(const ngx_str_t *path, cors_builder *builder, cors_str text, cors_str environment,
    cors_error *error)
{
    if (path->len > 5 && ngx_strcmp(path->data + path->len - 5, ".json") == 0) {
        return cors_builder_read_json(builder, text, environment, error);
    }
    return cors_builder_read_toml(builder, text, environment, error);
}
