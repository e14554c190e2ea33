/*
 * Policies by name, and the locations that use them. A location may name a policy that is defined further down,
 * so names are looked up when everything was read.
 */

#include "cors_module.h"

static ngx_http_cors_policy_t *ngx_http_cors_named(ngx_http_cors_main_conf_t *main, const ngx_str_t *name);
static ngx_uint_t ngx_http_cors_is_name(const ngx_str_t *name);
static void ngx_http_cors_release(void *data);


void *
ngx_http_cors_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_cors_main_conf_t  *main;

    main = ngx_pcalloc(cf->pool, sizeof(ngx_http_cors_main_conf_t));
    if (main == NULL
        || ngx_array_init(&main->policies, cf->pool, 4, sizeof(ngx_http_cors_policy_t *)) != NGX_OK
        || ngx_array_init(&main->uses, cf->pool, 4, sizeof(ngx_http_cors_use_t)) != NGX_OK)
    {
        return NULL;
    }
    return main;
}


/* nginx calls this when all directives were read, and before locations inherit. */
char *
ngx_http_cors_init_main_conf(ngx_conf_t *cf, void *conf)
{
    ngx_http_cors_main_conf_t  *main = conf;

    ngx_uint_t            i;
    ngx_http_cors_use_t  *uses;

    uses = main->uses.elts;
    for (i = 0; i < main->uses.nelts; i++) {
        uses[i].conf->policy = ngx_http_cors_named(main, &uses[i].name);
        if (uses[i].conf->policy == NULL) {
            ngx_http_cors_mistake(cf, main, &uses[i].place, "there is no cors_policy \"%V\"", &uses[i].name);
        }
    }
    return main->mistakes == 0 ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* A place for a policy, without one yet. NULL if there is no memory; a bad or repeated name is a mistake. */
ngx_http_cors_policy_t *
ngx_http_cors_define(ngx_conf_t *cf, ngx_http_cors_main_conf_t *main, ngx_str_t *name)
{
    ngx_http_cors_policy_t  *named, *other, **place;

    other = ngx_http_cors_named(main, name);
    named = ngx_pcalloc(cf->pool, sizeof(ngx_http_cors_policy_t));
    place = ngx_array_push(&main->policies);
    if (named == NULL || place == NULL) {
        return NULL;
    }
    named->name = *name;
    named->place = ngx_http_cors_here(cf);
    *place = named;

    if (!ngx_http_cors_is_name(name)) {
        ngx_http_cors_mistake(cf, main, &named->place, "\"%V\" cannot be the name of a cors_policy: it has to be "
                              "made of letters, digits, \"_\", \"-\" and \".\", and neither \"off\" nor "
                              "\"observe\"", name);
    }
    if (other != NULL) {
        ngx_http_cors_mistake(cf, main, &named->place, "cors_policy \"%V\" is already defined in %V:%ui", name,
                              &other->place.file, other->place.line);
    }
    return named;
}


/* Keeps a policy for as long as this configuration is in force. */
void
ngx_http_cors_keep(ngx_conf_t *cf, ngx_http_cors_main_conf_t *main, ngx_http_cors_policy_t *named,
    const cors_policy *policy)
{
    cors_request         request;
    ngx_pool_cleanup_t  *cleanup;

    cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    if (cleanup == NULL) {
        cors_policy_unref(policy);
        ngx_http_cors_mistake(cf, main, &named->place, "no memory for cors_policy \"%V\"", &named->name);
        return;
    }
    cleanup->handler = ngx_http_cors_release;
    cleanup->data = (void *) policy;
    named->policy = policy;

    cors_request_init(&request, CORS_STR("GET"));
    named->bare_get.struct_size = sizeof(cors_decision);
    cors_decide(policy, &request, &named->bare_get);
}


/* Lets a location use the policy of a name. */
ngx_int_t
ngx_http_cors_use(ngx_conf_t *cf, ngx_http_cors_loc_conf_t *conf, ngx_str_t *name)
{
    ngx_http_cors_use_t        *use;
    ngx_http_cors_main_conf_t  *main;

    main = ngx_http_conf_get_module_main_conf(cf, ngx_http_cors_engine_module);
    use = ngx_array_push(&main->uses);
    if (use == NULL) {
        return NGX_ERROR;
    }
    use->conf = conf;
    use->name = *name;
    use->place = ngx_http_cors_here(cf);
    return NGX_OK;
}


static ngx_http_cors_policy_t *
ngx_http_cors_named(ngx_http_cors_main_conf_t *main, const ngx_str_t *name)
{
    ngx_uint_t                i;
    ngx_http_cors_policy_t  **policies;

    policies = main->policies.elts;
    for (i = 0; i < main->policies.nelts; i++) {
        if (policies[i]->name.len == name->len
            && ngx_strncmp(policies[i]->name.data, name->data, name->len) == 0)
        {
            return policies[i];
        }
    }
    return NULL;
}


/* A name that can stand in a log of any format as it is. */
static ngx_uint_t
ngx_http_cors_is_name(const ngx_str_t *name)
{
    size_t  i;

    if (name->len == 0 || ngx_strcmp(name->data, "off") == 0 || ngx_strcmp(name->data, "observe") == 0) {
        return 0;
    }
    for (i = 0; i < name->len; i++) {
        if (!isalnum(name->data[i]) && ngx_strchr("_-.", name->data[i]) == NULL) {
            return 0;
        }
    }
    return 1;
}


static void
ngx_http_cors_release(void *data)
{
    cors_policy_unref(data);
}
