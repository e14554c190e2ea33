/*
 * What http, a server or a location says, and what it takes over from around it.
 */

#include "cors_module.h"


void *
ngx_http_cors_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_cors_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_cors_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }
    conf->mode = NGX_CONF_UNSET_UINT;
    conf->preflight = NGX_CONF_UNSET_UINT;
    conf->log_level = NGX_CONF_UNSET_UINT;
    conf->audit = NGX_CONF_UNSET;
    conf->audit_log_level = NGX_CONF_UNSET_UINT;
    conf->audit_credentials = NGX_CONF_UNSET_UINT;
    return conf;
}


/* What nobody said of cors and cors_audit stays unsaid: it makes a difference to internal redirects. */
char *
ngx_http_cors_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_cors_loc_conf_t  *prev = parent;
    ngx_http_cors_loc_conf_t  *conf = child;

    if (conf->mode == NGX_CONF_UNSET_UINT) {
        conf->mode = prev->mode;
        conf->policy = prev->policy;
    }
    if (conf->audit == NGX_CONF_UNSET) {
        conf->audit = prev->audit;
    }
    ngx_conf_merge_uint_value(conf->preflight, prev->preflight, NGX_HTTP_CORS_PREFLIGHT_ANSWER);
    ngx_conf_merge_uint_value(conf->log_level, prev->log_level, NGX_LOG_INFO);
    ngx_conf_merge_uint_value(conf->audit_log_level, prev->audit_log_level, NGX_LOG_ERR);
    ngx_conf_merge_uint_value(conf->audit_credentials, prev->audit_credentials, CORS_CREDENTIALS_FROM_REQUEST);
    if (conf->audit_own_origin == NULL) {
        conf->audit_own_origin = prev->audit_own_origin;
    }
    return NGX_CONF_OK;
}


/* cors NAME; cors observe NAME; cors off; */
char *
ngx_http_cors_say(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cors_loc_conf_t  *location = conf;

    ngx_str_t   *words;
    ngx_uint_t   observe;

    if (location->mode != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }
    words = cf->args->elts;
    observe = ngx_strcmp(words[1].data, "observe") == 0;

    if (cf->args->nelts == 2 && ngx_strcmp(words[1].data, "off") == 0) {
        location->mode = NGX_HTTP_CORS_OFF;
        return NGX_CONF_OK;
    }
    if (observe != (cf->args->nelts == 3)) {
        return "takes the name of a policy, \"observe\" and the name of a policy, or \"off\"";
    }
    location->mode = observe ? NGX_HTTP_CORS_OBSERVE : NGX_HTTP_CORS_SERVE;
    return ngx_http_cors_use(cf, location, &words[cf->args->nelts - 1]) == NGX_OK ? NGX_CONF_OK : NGX_CONF_ERROR;
}
