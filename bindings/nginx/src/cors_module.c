/*
 * The module as nginx sees it: its directives, its configuration, and where it takes its place.
 */

#include "cors_module.h"

static ngx_int_t ngx_http_cors_install(ngx_conf_t *cf);

#define ANYWHERE  (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_HTTP_LOC_CONF)

static ngx_conf_enum_t  ngx_http_cors_preflights[] = {
    { ngx_string("answer"), NGX_HTTP_CORS_PREFLIGHT_ANSWER },
    { ngx_string("pass"), NGX_HTTP_CORS_PREFLIGHT_PASS },
    { ngx_null_string, 0 }
};

static ngx_conf_enum_t  ngx_http_cors_log_levels[] = {
    { ngx_string("off"), NGX_HTTP_CORS_LOG_OFF },
    { ngx_string("info"), NGX_LOG_INFO },
    { ngx_string("notice"), NGX_LOG_NOTICE },
    { ngx_string("warn"), NGX_LOG_WARN },
    { ngx_string("error"), NGX_LOG_ERR },
    { ngx_null_string, 0 }
};

static ngx_conf_enum_t  ngx_http_cors_credentials[] = {
    { ngx_string("from_request"), CORS_CREDENTIALS_FROM_REQUEST },
    { ngx_string("include"), CORS_CREDENTIALS_INCLUDE },
    { ngx_string("omit"), CORS_CREDENTIALS_OMIT },
    { ngx_null_string, 0 }
};


/* None of them has NGX_HTTP_SIF_CONF or NGX_HTTP_LIF_CONF: an "if" is entered after preflights are answered. */
static ngx_command_t  ngx_http_cors_commands[] = {

    { ngx_string("cors_policy"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_BLOCK|NGX_CONF_TAKE1,
      ngx_http_cors_policy_block,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cors_policy_file"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE23,
      ngx_http_cors_policy_file,
      NGX_HTTP_MAIN_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cors"),
      ANYWHERE|NGX_CONF_TAKE12,
      ngx_http_cors_say,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

    { ngx_string("cors_preflight"),
      ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cors_loc_conf_t, preflight),
      ngx_http_cors_preflights },

    { ngx_string("cors_log_level"),
      ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cors_loc_conf_t, log_level),
      ngx_http_cors_log_levels },

    { ngx_string("cors_audit"),
      ANYWHERE|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cors_loc_conf_t, audit),
      NULL },

    { ngx_string("cors_audit_log_level"),
      ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cors_loc_conf_t, audit_log_level),
      ngx_http_cors_log_levels },

    { ngx_string("cors_audit_credentials"),
      ANYWHERE|NGX_CONF_TAKE1,
      ngx_conf_set_enum_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cors_loc_conf_t, audit_credentials),
      ngx_http_cors_credentials },

    { ngx_string("cors_audit_own_origin"),
      ANYWHERE|NGX_CONF_TAKE1,
      ngx_http_set_complex_value_slot,
      NGX_HTTP_LOC_CONF_OFFSET,
      offsetof(ngx_http_cors_loc_conf_t, audit_own_origin),
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_cors_module_ctx = {
    ngx_http_cors_add_variables,           /* preconfiguration */
    ngx_http_cors_install,                 /* postconfiguration */

    ngx_http_cors_create_main_conf,        /* create main configuration */
    ngx_http_cors_init_main_conf,          /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_cors_create_loc_conf,         /* create location configuration */
    ngx_http_cors_merge_loc_conf           /* merge location configuration */
};


ngx_module_t  ngx_http_cors_engine_module = {
    NGX_MODULE_V1,
    &ngx_http_cors_module_ctx,             /* module context */
    ngx_http_cors_commands,                /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/*
 * Preflights are answered in the rewrite phase: before "return", limits, access and content. Of the handlers
 * of a phase the last installed runs first, and nginx's own rewrite module was installed before.
 */
static ngx_int_t
ngx_http_cors_install(ngx_conf_t *cf)
{
    ngx_http_handler_pt        *handler;
    ngx_http_core_main_conf_t  *core;

    core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    handler = ngx_array_push(&core->phases[NGX_HTTP_REWRITE_PHASE].handlers);
    if (handler == NULL) {
        return NGX_ERROR;
    }
    *handler = ngx_http_cors_preflight;

    ngx_http_cors_install_header_filter();
    return NGX_OK;
}
