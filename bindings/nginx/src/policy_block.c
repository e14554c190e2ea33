/*
 * The block cors_policy NAME { ... }. Its lines are the keys of policy documents (docs/policies.md), each with
 * its values; the library knows which they are.
 */

#include "cors_module.h"


/* A value that was given to a key, kept to say where it stands should it prove wrong. */
typedef struct {
    ngx_str_t                   key;
    ngx_str_t                   value;
    ngx_http_cors_place_t       place;
} ngx_http_cors_word_t;


typedef struct {
    cors_builder               *builder;
    ngx_http_cors_main_conf_t  *main;
    ngx_http_cors_policy_t     *named;
    ngx_array_t                 words;  /* of ngx_http_cors_word_t */
    ngx_http_cors_place_t       last;   /* the last line that was read */
} ngx_http_cors_block_t;


static void ngx_http_cors_build(ngx_conf_t *cf, ngx_http_cors_block_t *block, ngx_uint_t failed_before);
static char *ngx_http_cors_line(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
static cors_status ngx_http_cors_give(ngx_http_cors_block_t *block, const ngx_http_cors_word_t *word,
    ngx_uint_t count, cors_error *error);
static cors_str ngx_http_cors_plain(const ngx_str_t *value);
static void ngx_http_cors_doubts(ngx_conf_t *cf, ngx_http_cors_block_t *block, const cors_policy *policy);
static ngx_http_cors_word_t *ngx_http_cors_word(ngx_http_cors_block_t *block, const char *key, uint32_t index);
static void ngx_http_cors_wrong(ngx_conf_t *cf, ngx_http_cors_block_t *block, const ngx_http_cors_word_t *word,
    const cors_error *error);


char *
ngx_http_cors_policy_block(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char                   *rv;
    ngx_str_t              *words;
    ngx_conf_t              outside;
    ngx_uint_t              failed_before;
    ngx_http_cors_block_t   block;

    ngx_memzero(&block, sizeof(ngx_http_cors_block_t));
    block.main = conf;
    failed_before = block.main->mistakes;
    words = cf->args->elts;
    block.named = ngx_http_cors_define(cf, block.main, &words[1]);
    if (block.named == NULL
        || ngx_array_init(&block.words, cf->temp_pool, 16, sizeof(ngx_http_cors_word_t)) != NGX_OK
        || cors_builder_new(&block.builder) != CORS_OK)
    {
        return NGX_CONF_ERROR;
    }
    block.last = ngx_http_cors_here(cf);

    outside = *cf;
    cf->handler = ngx_http_cors_line;
    cf->handler_conf = (void *) &block;
    rv = ngx_conf_parse(cf, NULL);
    *cf = outside;

    if (rv == NGX_CONF_OK) {
        ngx_http_cors_build(cf, &block, failed_before);
    }
    cors_builder_free(block.builder);
    return rv;
}


static void
ngx_http_cors_build(ngx_conf_t *cf, ngx_http_cors_block_t *block, ngx_uint_t failed_before)
{
    size_t              i;
    cors_error          error = CORS_ERROR_INIT;
    const cors_policy  *policy;

    if (cors_builder_build(block->builder, &policy, &error) == CORS_OK) {
        if (block->main->mistakes == failed_before) {
            ngx_http_cors_keep(cf, block->main, block->named, policy);
            ngx_http_cors_doubts(cf, block, policy);
        } else {
            cors_policy_unref(policy);
        }
        return;
    }
    if (cors_builder_mistakes(block->builder) == 0) {
        ngx_http_cors_wrong(cf, block, NULL, &error);
    }
    for (i = 0; cors_builder_mistake(block->builder, i, &error) == CORS_OK; i++) {
        ngx_http_cors_wrong(cf, block, ngx_http_cors_word(block, error.key, error.index), &error);
    }
}


/* One line of the block: a key and its values. A mistake does not end the reading. */
static char *
ngx_http_cors_line(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_cors_block_t  *block = conf;

    ngx_str_t              *words;
    cors_error              error = CORS_ERROR_INIT;
    ngx_uint_t              i;
    ngx_http_cors_place_t   place;
    ngx_http_cors_word_t   *word;

    words = cf->args->elts;
    if (cf->args->nelts == 2 && ngx_strcmp(words[0].data, "include") == 0) {
        return ngx_conf_include(cf, cmd, conf);
    }
    place = ngx_http_cors_here(cf);
    place.after = place.file.data == block->last.file.data ? block->last.line : 1;
    block->last = place;

    if (cf->args->nelts == 1) {
        ngx_http_cors_mistake(cf, block->main, &place, "cors_policy \"%V\": \"%V\" has no value",
                              &block->named->name, &words[0]);
    }
    for (i = 1; i < cf->args->nelts; i++) {
        word = ngx_array_push(&block->words);
        if (word == NULL) {
            return NGX_CONF_ERROR;
        }
        word->key = words[0];
        word->value = words[i];
        word->place = place;
        if (ngx_http_cors_give(block, word, cf->args->nelts - 1, &error) != CORS_OK) {
            ngx_http_cors_wrong(cf, block, word, &error);
            break;
        }
    }
    return NGX_CONF_OK;
}


/* Adds to a list, or sets what takes one value, once. */
static cors_status
ngx_http_cors_give(ngx_http_cors_block_t *block, const ngx_http_cors_word_t *word, ngx_uint_t count,
    cors_error *error)
{
    cors_str               key;
    cors_status            status;
    ngx_uint_t             i;
    ngx_http_cors_word_t  *words;

    key = ngx_http_cors_str(&word->key);
    status = cors_builder_add(block->builder, key, ngx_http_cors_str(&word->value), error);
    if (status != CORS_ERROR_WRONG_TYPE) {
        return status;
    }
    if (count != 1) {
        ngx_sprintf((u_char *) error->message, "the key takes one value, not %ui%Z", count);
        return status;
    }
    words = block->words.elts;
    for (i = 0; i + 1 < block->words.nelts; i++) {
        if (ngx_strcmp(words[i].key.data, word->key.data) == 0) {
            ngx_sprintf((u_char *) error->message, "the key is already given in line %ui%Z", words[i].place.line);
            ngx_sprintf((u_char *) error->code, "%s%Z", cors_status_name(CORS_ERROR_DUPLICATE_KEY));
            return CORS_ERROR_DUPLICATE_KEY;
        }
    }
    return cors_builder_set(block->builder, key, ngx_http_cors_plain(&word->value), error);
}


/* nginx says on and off where policy documents say true and false. */
static cors_str
ngx_http_cors_plain(const ngx_str_t *value)
{
    if (ngx_strcmp(value->data, "on") == 0) {
        return CORS_STR("true");
    }
    if (ngx_strcmp(value->data, "off") == 0) {
        return CORS_STR("false");
    }
    return ngx_http_cors_str(value);
}


/* What is allowed and risky is a warning. What does nothing is left to `cors lint`. */
static void
ngx_http_cors_doubts(ngx_conf_t *cf, ngx_http_cors_block_t *block, const cors_policy *policy)
{
    size_t                  i;
    cors_finding            finding = CORS_FINDING_INIT;
    ngx_http_cors_word_t   *word;
    ngx_http_cors_place_t   place;

    for (i = 0; cors_policy_finding(policy, i, &finding) == CORS_OK; i++) {
        if (finding.kind != CORS_FINDING_RISKY) {
            continue;
        }
        word = ngx_http_cors_word(block, finding.key, finding.index);
        place = block->named->place;
        if (word != NULL) {
            place = word->place;
            place.line = ngx_http_cors_line_of(cf, &word->place, &word->value);
        }
        ngx_http_cors_doubt(cf, &place, block->named, &finding);
    }
}


/* The word that something about the whole policy is about: of key "origins[3]" the fourth of its values. */
static ngx_http_cors_word_t *
ngx_http_cors_word(ngx_http_cors_block_t *block, const char *key, uint32_t index)
{
    size_t                 length;
    uint32_t               seen;
    ngx_uint_t             i;
    ngx_http_cors_word_t  *words;

    length = strcspn(key, "[");
    words = block->words.elts;
    for (i = 0, seen = 0; i < block->words.nelts; i++) {
        if (words[i].key.len == length && ngx_strncmp(words[i].key.data, key, length) == 0
            && (index == UINT32_MAX || seen++ == index))
        {
            return &words[i];
        }
    }
    return NULL;
}


/* Says a mistake where its word stands, or where the block begins if it is about none. */
static void
ngx_http_cors_wrong(ngx_conf_t *cf, ngx_http_cors_block_t *block, const ngx_http_cors_word_t *word,
    const cors_error *error)
{
    ngx_http_cors_place_t  place;

    if (word == NULL) {
        ngx_http_cors_mistake(cf, block->main, &block->named->place, "cors_policy \"%V\": %s: %s (%s)",
                              &block->named->name, error->key, error->message, error->code);
        return;
    }
    place = word->place;
    place.line = ngx_http_cors_line_of(cf, &word->place,
                                       error->status == CORS_ERROR_UNKNOWN_KEY ? &word->key : &word->value);
    ngx_http_cors_mistake(cf, block->main, &place, "cors_policy \"%V\": %V \"%V\": %s (%s)",
                          &block->named->name, &word->key, &word->value, error->message, error->code);
}
