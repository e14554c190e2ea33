/*
 * Mistakes in the configuration, said with file, line and word, all of them and not only the first: a mistake
 * is counted, and the configuration as a whole fails when it was read.
 */

#include "cors_module.h"

/* Nobody writes a larger configuration file by hand, and a generator does not need the line. */
#define LARGEST_FILE  (16 * 1024 * 1024)

static ngx_uint_t ngx_http_cors_stands_alone(const ngx_str_t *text, const u_char *start, size_t length);


/* Where the reading of the configuration is: the last line of the directive at hand. */
ngx_http_cors_place_t
ngx_http_cors_here(ngx_conf_t *cf)
{
    ngx_http_cors_place_t  place;

    place.file = cf->conf_file->file.name;
    place.line = cf->conf_file->line;
    place.after = place.line;
    return place;
}


void
ngx_http_cors_mistake(ngx_conf_t *cf, ngx_http_cors_main_conf_t *main, const ngx_http_cors_place_t *place,
    const char *format, ...)
{
    u_char   text[NGX_MAX_ERROR_STR], *end;
    va_list  arguments;

    va_start(arguments, format);
    end = ngx_vslprintf(text, text + sizeof(text), format, arguments);
    va_end(arguments);

    ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "%*s in %V:%ui", (size_t) (end - text), text, &place->file,
                  place->line);
    main->mistakes++;
}


/* Warns of what a policy may say and still hardly means. */
void
ngx_http_cors_doubt(ngx_conf_t *cf, const ngx_http_cors_place_t *place, const ngx_http_cors_policy_t *named,
    const cors_finding *finding)
{
    ngx_log_error(NGX_LOG_WARN, cf->log, 0, "cors_policy \"%V\": %s \"%s\": %s (%s) in %V:%ui", &named->name,
                  finding->key, finding->value, finding->message, finding->code, &place->file, place->line);
}


/*
 * The line of a word of a directive. nginx knows only the directive's last line, which is of little help in a
 * list of a thousand origins, so the file is read again.
 */
ngx_uint_t
ngx_http_cors_line_of(ngx_conf_t *cf, const ngx_http_cors_place_t *place, const ngx_str_t *word)
{
    u_char      *start, *end, *next;
    ngx_str_t    text, path;
    ngx_uint_t   line;

    path = place->file;
    if (word->len == 0 || place->after >= place->line || ngx_http_cors_read_file(cf, &path, &text) != NGX_OK) {
        return place->line;
    }
    start = text.data;
    end = text.data + text.len;
    for (line = 1; line <= place->line && start < end; line++, start = next) {
        next = ngx_strlchr(start, end, '\n');
        next = next == NULL ? end : next + 1;
        if (line < place->after) {
            continue;
        }
        for ( /* void */ ; start + word->len <= next; start++) {
            if (ngx_memcmp(start, word->data, word->len) == 0
                && ngx_http_cors_stands_alone(&text, start, word->len))
            {
                return line;
            }
        }
    }
    return place->line;
}


static ngx_uint_t
ngx_http_cors_stands_alone(const ngx_str_t *text, const u_char *start, size_t length)
{
    static const char  around[] = " \t\r\n\"';";

    return (start == text->data || ngx_strchr(around, start[-1]) != NULL)
           && (start + length == text->data + text->len || ngx_strchr(around, start[length]) != NULL);
}


/* Reads a file whole into memory that lasts until the configuration was read. On failure ngx_errno says why. */
ngx_int_t
ngx_http_cors_read_file(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *text)
{
    ssize_t          size;
    ngx_int_t        rc;
    ngx_file_t       file;
    ngx_file_info_t  info;

    rc = NGX_ERROR;
    ngx_memzero(&file, sizeof(ngx_file_t));
    file.name = *path;
    file.log = cf->log;
    file.fd = ngx_open_file(path->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (file.fd == NGX_INVALID_FILE) {
        return NGX_ERROR;
    }
    if (ngx_fd_info(file.fd, &info) == NGX_FILE_ERROR) {
        goto done;
    }
    if (!ngx_is_file(&info) || ngx_file_size(&info) > LARGEST_FILE) {
        ngx_set_errno(ngx_is_dir(&info) ? NGX_EISDIR : EFBIG);
        goto done;
    }
    text->len = ngx_file_size(&info);
    text->data = ngx_pnalloc(cf->temp_pool, text->len + 1);
    if (text->data == NULL) {
        goto done;
    }
    size = text->len == 0 ? 0 : ngx_read_file(&file, text->data, text->len, 0);
    rc = size == (ssize_t) text->len ? NGX_OK : NGX_ERROR;

done:

    ngx_close_file(file.fd);
    return rc;
}
